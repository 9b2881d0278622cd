import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import type { HideRunSecrets } from './hide-run-secrets.ts';
import type { RunRow } from './run.ts';
import { assertOpen } from './run-rules.ts';
import { lockRun, storeRun } from './run-store.ts';

export interface Claim {
  readonly installationId: string;
  readonly limit: number;
  /** For so long nobody else gets what was claimed, unless it is acknowledged. */
  readonly visibilityMs: number;
  /** Runs for any agent as well, of this backend; without it only those for the installation. */
  readonly backendType: string | null;
  /** Ids of runs that the agent has in hand already. */
  readonly exclude: readonly string[];
}

export interface ClaimedRun {
  readonly run: RunRow;
  /** Null once the run has forgotten what was to be sent. */
  readonly sealedInvocation: string | null;
}

// There may be nothing to fetch.
maybeSilent(claimRuns);

/**
 * Fetches offered runs, the oldest first. Who does not acknowledge within the time has lost them, and they are offered
 * again; of two who fetch at once each gets others.
 */
export async function claimRuns(ctx: WriteContext, claim: Claim): Promise<readonly ClaimedRun[]> {
  authorize(ctx.actor, 'run.claim');
  const found = await sql<RunRow & { sealed_invocation: string | null }>`
    select * from run where org_id = ${ctx.actor.orgId} and ended_at is null and status = 'IN_PROGRESS'
      and dispatch_state = 'offered' and (claimed_until is null or claimed_until <= ${ctx.now})
      and (installation_id = ${claim.installationId}
        or (installation_id is null and action_snapshot ->> 'backendType' = ${claim.backendType}))
      and id <> all(${claim.exclude as string[]}::text[])
    order by created_at limit ${claim.limit} for update skip locked`.execute(ctx.db);
  const claimedUntil = new Date(ctx.now.getTime() + claim.visibilityMs);
  const claimed: ClaimedRun[] = [];
  for (const { sealed_invocation: sealedInvocation, ...row } of found.rows) {
    claimed.push({ run: await storeRun(ctx, row, { claimed_until: claimedUntil }), sealedInvocation });
  }
  return claimed;
}

/** An agent has begun with these runs: they are offered to nobody any more. Answers how many that is. */
export async function acknowledgeRuns(ctx: WriteContext, input: { readonly ids: readonly string[] }): Promise<number> {
  authorize(ctx.actor, 'run.claim');
  let acknowledged = 0;
  for (const id of [...new Set(input.ids)].toSorted()) {
    const run = await lockRun(ctx.db, ctx.actor.orgId, id);
    if (run.ended_at !== null || run.dispatch_state !== 'offered') continue;
    await storeRun(ctx, run, { dispatch_state: 'called', claimed_until: null });
    acknowledged += 1;
  }
  if (acknowledged > 0) return acknowledged;
  throw problem('conflict', 'run_already_acknowledged', 'These runs were acknowledged before, or have ended.', {
    runIds: input.ids,
  });
}

/** What the other side answered to an agent's call. */
export function recordResponse(hide: HideRunSecrets) {
  return async function recordResponseCommand(
    ctx: WriteContext,
    input: { readonly id: string; readonly response: unknown },
  ): Promise<RunRow> {
    const run = await lockRun(ctx.db, ctx.actor.orgId, input.id);
    authorize(ctx.actor, 'run.update', { createdBy: run.created_by });
    assertOpen(run);
    return storeRun(ctx, run, { response: hide(run, input.response) });
  };
}
