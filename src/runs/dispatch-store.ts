import { systemActor } from '#platform/commands/actor.ts';
import { commandForMany } from '#platform/commands/command-for-many.ts';
import { type CommandRunner, maybeSilent } from '#platform/commands/command-runner.ts';
import { beginDispatches, type BegunDispatch, type RecordedDispatch, recordDispatches } from './record-dispatch.ts';

interface Item<Input> {
  readonly orgId: string;
  readonly input: Input;
}

/** Writes down which runs are about to be called and what came of it, for many jobs at once. */
export interface DispatchStore {
  /** Null when there is nothing to do. */
  begin(item: Item<string>): Promise<BegunDispatch | null>;
  record(item: Item<RecordedDispatch>): Promise<void>;
}

maybeSilent(beginDispatches);
maybeSilent(recordDispatches);

export function createDispatchStore(runner: CommandRunner): DispatchStore {
  const begin = commandForMany(runner, beginDispatches);
  const record = commandForMany(runner, recordDispatches);
  return {
    begin: async ({ orgId, input }) => begin({ caller: callerIn(orgId), input }),
    record: async ({ orgId, input }) => record({ caller: callerIn(orgId), input }),
  };
}

function callerIn(orgId: string) {
  return { actor: systemActor(orgId, 'runs'), origin: 'SYSTEM' } as const;
}
