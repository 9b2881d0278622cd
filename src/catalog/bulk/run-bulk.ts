import { presentActor } from '#access/actor-queries.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import { Problem } from '#platform/problem.ts';
import type { EntityParts } from '../apply-changes.ts';
import { advanceBulk, failBulk } from './advance-bulk.ts';

interface Run extends Caller {
  readonly id: string;
  /** How long to stay at it; for ever when left out. */
  readonly untilMs?: number;
}

type GiveCaller = () => Promise<Caller | null>;

/** Does batch after batch for whoever asks right now. May be stopped and taken up again at any point. */
export async function runBulk(core: Core, parts: EntityParts, { id, untilMs, ...caller }: Run): Promise<void> {
  await run(core, parts, { id, untilMs: untilMs ?? Infinity, caller, present: async () => caller });
}

/** Goes on with what somebody asked for before: each batch may do what they may do by then. */
export async function resumeBulk(core: Core, parts: EntityParts, { id, ...caller }: Run): Promise<void> {
  const present: GiveCaller = async () => {
    const actor = await presentActor(core.db, caller.actor);
    return actor === null ? null : { ...caller, actor };
  };
  await run(core, parts, { id, untilMs: Infinity, caller, present });
}

async function run(
  core: Core,
  parts: EntityParts,
  {
    id,
    untilMs,
    caller,
    present,
  }: { readonly id: string; readonly untilMs: number; readonly caller: Caller; readonly present: GiveCaller },
): Promise<void> {
  const command = advanceBulk(parts);
  const end = performance.now() + untilMs;
  try {
    let goesOn = true;
    while (goesOn && performance.now() < end) {
      const by = await present();
      if (by === null) {
        const message = 'Whoever asked for it is not active any more.';
        await core.runner.execute(caller, failBulk, { id, message });
        return;
      }
      goesOn = await core.runner.execute(by, command, { id });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await core.runner.execute(caller, failBulk, { id, message: error.message });
  }
}
