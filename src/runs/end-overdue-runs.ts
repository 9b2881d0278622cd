import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Chore } from '#platform/module.ts';
import { isEnded } from './run-rules.ts';
import { insertRunLog, lockRun, storeRun } from './run-store.ts';

const lookEverySeconds = 10;
const timedOutLabel = 'Timed out';

// It may have ended meanwhile.
maybeSilent(endOverdueRun);

/** Ends a run whose time is over, unless somebody else was quicker. */
export async function endOverdueRun(ctx: WriteContext, input: { readonly id: string }): Promise<void> {
  const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
  if (isEnded(run) || run.deadline === null || run.deadline > ctx.now) return;
  const { timeLimitMinutes } = run.action_snapshot;
  const limit = `${timeLimitMinutes} ${timeLimitMinutes === 1 ? 'minute' : 'minutes'}`;
  await insertRunLog(
    ctx,
    run,
    `The run did not end within the ${limit} that its action allows. What its backend has begun may still go on.`,
  );
  await storeRun(ctx, run, { status: 'FAILURE', status_label: timedOutLabel, ended_at: ctx.now });
}

/** No run goes on for longer than its action allows. */
export function overdueRunsChore({ db, clock, runner }: Core): Chore {
  return {
    name: 'overdue-runs',
    everySeconds: lookEverySeconds,
    async run() {
      const found = await sql<{ org_id: string; id: string }>`
        select org_id, id from run where ended_at is null and deadline <= ${clock.now()}
        order by deadline limit 1000`.execute(db);
      for (const { org_id: orgId, id } of found.rows) {
        const caller = { actor: systemActor(orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
        await runner.execute(caller, endOverdueRun, { id });
      }
    },
  };
}
