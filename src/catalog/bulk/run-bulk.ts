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

/** Does batch after batch on behalf of whoever asked. May be stopped and taken up again at any point. */
export async function runBulk(core: Core, parts: EntityParts, { id, untilMs, ...caller }: Run): Promise<void> {
  const command = advanceBulk(parts);
  const end = untilMs === undefined ? Infinity : performance.now() + untilMs;
  try {
    let goesOn = true;
    while (goesOn && performance.now() < end) goesOn = await core.runner.execute(caller, command, { id });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await core.runner.execute(caller, failBulk, { id, message: error.message });
  }
}
