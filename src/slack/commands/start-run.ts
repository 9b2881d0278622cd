import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { createRun, type NewRun } from '#runs/create-run.ts';

interface AskedRun {
  readonly run: NewRun;
  /** The submission that asked for it: twice the same is one run. */
  readonly interactionId: string;
  readonly slackUserId: string;
}

/** Begins a run that somebody asked for in Slack; a direct message follows it. Once for each submission. */
export const startRun = maybeSilent(async function startRun(
  ctx: WriteContext,
  { run, interactionId, slackUserId }: AskedRun,
): Promise<{ readonly runId: string }> {
  const { orgId, id: personId } = ctx.actor;
  const noted = await sql`
    insert into slack_run_message (org_id, run_id, interaction_id, slack_user_id, person_id, created_at)
    values (${orgId}, ${run.id}, ${interactionId}, ${slackUserId}, ${personId}, ${ctx.now})
    on conflict (org_id, interaction_id) do nothing returning 1`.execute(ctx.db);
  if (noted.rows.length > 0) return { runId: (await createRun(ctx, run)).id };
  const earlier = await sql<{ run_id: string }>`
    select run_id from slack_run_message where org_id = ${orgId} and interaction_id = ${interactionId}`.execute(ctx.db);
  return { runId: earlier.rows[0]?.run_id ?? run.id };
});
