import { createBatcher } from '#platform/batcher.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { type CommandRunner, maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { beginDispatches, type BegunDispatch, type RecordedDispatch, recordDispatches } from './record-dispatch.ts';

interface Item<Input> {
  readonly orgId: string;
  readonly input: Input;
}

/**
 * Writes down which runs are about to be called and what came of it. What many jobs ask for at the same time becomes
 * one transaction: writers of one organisation take turns, and each turn is a commit.
 */
export interface DispatchStore {
  /** Null when there is nothing to do. */
  begin(item: Item<string>): Promise<BegunDispatch | null>;
  record(item: Item<RecordedDispatch>): Promise<void>;
}

maybeSilent(beginDispatches);
maybeSilent(recordDispatches);

export function createDispatchStore(runner: CommandRunner): DispatchStore {
  return { begin: together(runner, beginDispatches), record: together(runner, recordDispatches) };
}

/** A command for many as a function for one. */
function together<Input, Result>(
  runner: CommandRunner,
  command: Command<readonly Input[], readonly Result[]>,
): (item: Item<Input>) => Promise<Result> {
  const run = async (orgId: string, inputs: readonly Input[]): Promise<readonly Result[]> =>
    runner.execute({ actor: systemActor(orgId, 'runs'), origin: 'SYSTEM', requestId: null }, command, inputs);
  const one = async (orgId: string, input: Input): Promise<PromiseSettledResult<Result>> =>
    (await Promise.allSettled([run(orgId, [input]).then(([result]) => result as Result)]))[0];

  const batched = createBatcher<Item<Input>, PromiseSettledResult<Result>>(async (items) => {
    const settled = new Map<Item<Input>, PromiseSettledResult<Result>>();
    for (const [orgId, own] of Map.groupBy(items, (item) => item.orgId)) {
      const inputs = own.map(({ input }) => input);
      const results = inputs.length === 1 ? null : await run(orgId, inputs).catch(() => null);
      for (const [at, item] of own.entries()) {
        // Of many, the one at fault must not fail the others.
        const result = results === null ? await one(orgId, item.input) : fulfilled(results[at] as Result);
        settled.set(item, result);
      }
    }
    return items.map((item) => settled.get(item) as PromiseSettledResult<Result>);
  });

  return async (item) => {
    const result = await batched(item);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
}

function fulfilled<Result>(value: Result): PromiseSettledResult<Result> {
  return { status: 'fulfilled', value };
}
