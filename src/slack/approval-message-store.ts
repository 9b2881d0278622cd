import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface MessageKey {
  readonly orgId: string;
  readonly approvalId: string;
  readonly place: string;
  /** 'card', 'ended', 'reminder-1', 'escalated'. */
  readonly kind: string;
}

export interface ApprovalMessage {
  readonly state: 'wanted' | 'posted' | 'undeliverable' | 'unknown' | 'needless';
  readonly channelId: string | null;
  readonly ts: string | null;
  readonly shown: string | null;
  readonly attemptedAt: Date | null;
  readonly tries: number;
}

const columns = sql`state, channel_id as "channelId", ts, shown, attempted_at as "attemptedAt", tries`;
/** Longer than two calls to Slack take. */
const claimMs = 60_000;

function at({ orgId, approvalId, place, kind }: MessageKey) {
  return sql`org_id = ${orgId} and approval_id = ${approvalId} and place = ${place} and kind = ${kind}`;
}

/** Makes the row when there is none, and holds it. Null when somebody else works on it now. */
export async function claimMessage(db: Db, key: MessageKey, now: Date): Promise<ApprovalMessage | null> {
  await sql`
    insert into slack_approval_message (org_id, approval_id, place, kind)
    values (${key.orgId}, ${key.approvalId}, ${key.place}, ${key.kind}) on conflict do nothing`.execute(db);
  const found = await sql<ApprovalMessage>`
    update slack_approval_message set claimed_until = ${new Date(now.getTime() + claimMs)}
    where ${at(key)} and (claimed_until is null or claimed_until < ${now}) returning ${columns}`.execute(db);
  return found.rows[0] ?? null;
}

/** Before a message is sent: from here on it may stand in Slack. */
export async function markAttempt(db: Db, key: MessageKey, now: Date): Promise<void> {
  await sql`update slack_approval_message set attempted_at = coalesce(attempted_at, ${now}) where ${at(key)}`.execute(
    db,
  );
}

export interface MessageResult extends Omit<ApprovalMessage, 'tries' | 'attemptedAt'> {
  readonly error: string | null;
  /** Nothing was sent: a later try need not look for it. */
  readonly notSent?: boolean;
  /** Trying again by itself is of no use. */
  readonly isFinal?: boolean;
  /** Slack asks to wait so long. */
  readonly retryAfterMs?: number | undefined;
}

/** Writes what came of it and lets go. */
export async function releaseMessage(db: Db, key: MessageKey, result: MessageResult, now: Date): Promise<void> {
  const failed = result.error !== null;
  await sql`
    update slack_approval_message set state = ${result.state}, channel_id = ${result.channelId}, ts = ${result.ts},
      shown = ${result.shown}, error = ${result.error}, tries = ${failed ? sql`tries + 1` : sql`0`},
      attempted_at = ${result.notSent === true ? sql`null` : sql`attempted_at`}, claimed_until = null,
      failed_at = ${failed ? sql`coalesce(failed_at, ${now})` : sql`null`}
    where ${at(key)}`.execute(db);
}

export async function readMessage(db: Db, key: MessageKey): Promise<ApprovalMessage | null> {
  const found = await sql<ApprovalMessage>`
    select ${columns} from slack_approval_message where ${at(key)}`.execute(db);
  return found.rows[0] ?? null;
}

/** Approvals of which something did not arrive: open ones, and those whose card shows what is over. */
export async function approvalsWithFailures(db: Db | Tx, orgId: string): Promise<readonly string[]> {
  const found = await sql<{ id: string }>`
    select distinct approval.id from slack_approval_message message
    join approval on approval.org_id = message.org_id and approval.id = message.approval_id
    where message.org_id = ${orgId} and message.error is not null
      and (approval.state = 'open' or message.ts is not null)
    order by approval.id limit 1000`.execute(db);
  return found.rows.map((row) => row.id);
}

/** Whether the message that was pressed is a card of this approval; one that Slack never confirmed is, too. */
export async function isCardOf(
  db: Db,
  { orgId, approvalId }: Pick<MessageKey, 'orgId' | 'approvalId'>,
  message: { readonly channelId: string; readonly ts: string },
): Promise<boolean> {
  const found = await sql`
    select 1 from slack_approval_message
    where org_id = ${orgId} and approval_id = ${approvalId} and kind = 'card'
      and (ts is null and attempted_at is not null or channel_id = ${message.channelId} and ts = ${message.ts})
    limit 1`.execute(db);
  return found.rows.length > 0;
}

/** People who were written to directly about an approval. */
export async function peopleTold(
  db: Db,
  { orgId, approvalId }: Pick<MessageKey, 'orgId' | 'approvalId'>,
): Promise<readonly string[]> {
  const found = await sql<{ place: string }>`
    select place from slack_approval_message
    where org_id = ${orgId} and approval_id = ${approvalId} and kind = 'card' and starts_with(place, '@user_')
    order by place`.execute(db);
  return found.rows.map(({ place }) => place.slice(1));
}
