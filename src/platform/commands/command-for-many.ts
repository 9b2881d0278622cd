import { DatabaseError } from 'pg';
import { createKeyedBatcher } from '../batcher.ts';
import { Problem } from '../problem.ts';
import type { Caller, CommandRunner } from './command-runner.ts';
import type { Command } from './write-context.ts';

export interface Asked<Input> {
  readonly caller: Pick<Caller, 'actor' | 'origin'>;
  readonly input: Input;
}

/** So many in one transaction, which stays short. */
const mostTogether = 50;

/**
 * A command for many as a function for one: what the same caller asks for at the same time becomes one transaction.
 * Writers of one organisation take turns, and each turn is a commit. Where many are refused, each is tried by itself,
 * so that the one at fault does not fail the others. What broke otherwise, a connection above all, may be written and
 * is not tried again. The command answers one result per input, in order.
 */
export function commandForMany<Input, Result>(
  runner: CommandRunner,
  command: Command<readonly Input[], readonly Result[]>,
): (asked: Asked<Input>) => Promise<Result> {
  const ask = createKeyedBatcher<Asked<Input>, PromiseSettledResult<Result>>(
    ({ caller: { actor, origin } }) => JSON.stringify([actor, origin]),
    async (all) => doTogether(runner, command, all),
    mostTogether,
  );
  return async (asked) => {
    const settled = await ask(asked);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  };
}

async function doTogether<Input, Result>(
  runner: CommandRunner,
  command: Command<readonly Input[], readonly Result[]>,
  all: readonly Asked<Input>[],
): Promise<readonly PromiseSettledResult<Result>[]> {
  const [first] = all;
  if (first === undefined) return [];
  const run = async (inputs: readonly Input[]): Promise<readonly Result[]> =>
    runner.execute({ ...first.caller, requestId: null }, command, inputs);
  try {
    const results = await run(all.map(({ input }) => input));
    return results.map((value) => ({ status: 'fulfilled', value }));
  } catch (reason) {
    if (all.length === 1 || !isRefusal(reason)) return all.map(() => ({ status: 'rejected', reason }));
  }
  const settled: PromiseSettledResult<Result>[] = [];
  for (const { input } of all) {
    const [alone] = await Promise.allSettled([run([input]).then(([result]) => result as Result)]);
    settled.push(alone);
  }
  return settled;
}

/** Said by us or by the database, which then wrote nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof Problem || error instanceof DatabaseError;
}
