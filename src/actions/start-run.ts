import { createLookup } from '#platform/batcher.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { commandForMany } from '#platform/commands/command-for-many.ts';
import type { Caller, CommandRunner } from '#platform/commands/command-runner.ts';
import type { Db } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { createRuns, type NewRun } from '#runs/create-run.ts';
import { runsById } from '#runs/run-queries.ts';
import type { RunView } from '#runs/run.ts';

export interface RunStarts {
  /** Runs that the same caller asks for at the same time are one transaction. */
  start(caller: Caller, run: NewRun, createdBy: string): Promise<{ readonly id: string }>;
  /** A run as the caller sees it, read together with others. */
  read(actor: Actor, id: string): Promise<RunView>;
}

export function createRunStarts({ db, runner }: { readonly db: Db; readonly runner: CommandRunner }): RunStarts {
  const create = commandForMany(runner, createRuns);
  const find = createLookup<{ readonly actor: Actor; readonly id: string }, RunView>(
    ({ actor }) => JSON.stringify(actor),
    async ({ actor }, ids) => runsById(db, actor, ids),
  );
  return {
    start: async (caller, run, createdBy) => create({ caller, input: { run, createdBy, requestId: caller.requestId } }),
    async read(actor, id) {
      const run = await find({ actor, id });
      if (run === null) throw notFound('run', id);
      return run;
    },
  };
}
