import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface RunMessage {
  readonly slackUserId: string;
  readonly personId: string;
  readonly state: 'wanted' | 'posted' | 'undeliverable' | 'unknown';
  readonly channelId: string | null;
  readonly ts: string | null;
  readonly shown: string | null;
  readonly attemptedAt: Date | null;
  readonly tries: number;
}

/** Longer than the calls to Slack take. */
const claimMs = 60_000;

/** Of these runs, those that somebody follows in Slack. */
export async function followedRuns(db: Db | Tx, orgId: string, runIds: readonly string[]): Promise<readonly string[]> {
  const found = await sql<{ run_id: string }>`
    select run_id from slack_run_message where org_id = ${orgId} and run_id = any(${runIds as string[]}::text[])`.execute(
    db,
  );
  return found.rows.map((row) => row.run_id);
}

export type ClaimedRunMessage = RunMessage | 'busy' | null;

/** Holds the message of a run; `busy` while somebody else works on it, null where nobody follows the run. */
export async function claimRunMessage(db: Db, orgId: string, runId: string, now: Date): Promise<ClaimedRunMessage> {
  const claimed = await sql<RunMessage>`
    update slack_run_message set claimed_until = ${new Date(now.getTime() + claimMs)}
    where org_id = ${orgId} and run_id = ${runId} and (claimed_until is null or claimed_until < ${now})
    returning slack_user_id as "slackUserId", person_id as "personId", state, channel_id as "channelId", ts, shown,
      attempted_at as "attemptedAt", tries`.execute(db);
  const row = claimed.rows[0];
  if (row !== undefined) return row;
  return (await followedRuns(db, orgId, [runId])).length > 0 ? 'busy' : null;
}

/** Before it is sent: from here on it may stand in Slack. */
export async function markRunAttempt(db: Db, orgId: string, runId: string, now: Date): Promise<void> {
  await sql`update slack_run_message set attempted_at = coalesce(attempted_at, ${now})
    where org_id = ${orgId} and run_id = ${runId}`.execute(db);
}

export interface RunMessageResult extends Pick<RunMessage, 'state' | 'channelId' | 'ts' | 'shown'> {
  readonly error: string | null;
  /** Nothing was sent: a later try need not look for it. */
  readonly notSent?: boolean;
}

/** Writes what came of it and lets go. */
export async function releaseRunMessage(db: Db, orgId: string, runId: string, result: RunMessageResult): Promise<void> {
  await sql`
    update slack_run_message set state = ${result.state}, channel_id = ${result.channelId}, ts = ${result.ts},
      shown = ${result.shown}, error = ${result.error}, claimed_until = null,
      tries = ${result.error === null ? sql`0` : sql`tries + 1`},
      attempted_at = ${result.notSent === true ? sql`null` : sql`attempted_at`}
    where org_id = ${orgId} and run_id = ${runId}`.execute(db);
}
