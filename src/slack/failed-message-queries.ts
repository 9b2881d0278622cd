import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import type { Approval } from '#approvals/approval.ts';
import type { MessageKey } from './approval-message-store.ts';
import { codeIn, slackErrorMessage } from './slack-errors.ts';

export interface FailedMessage extends Omit<MessageKey, 'orgId'> {
  readonly title: string;
  readonly approvalState: string;
  readonly state: 'wanted' | 'undeliverable' | 'unknown';
  readonly error: string;
  /** Slack's code, where it is one that says what to do. */
  readonly code: string | null;
  readonly tries: number;
  readonly requestedAt: Date;
  readonly since: Date;
}

const columns = sql`message.approval_id as "approvalId", message.place, message.kind, message.state, message.error,
  message.tries, approval.title, approval.state as "approvalState", approval.requested_at as "requestedAt",
  coalesce(message.failed_at, approval.requested_at) as since`;
const failedOf = sql`slack_approval_message message
    join approval on approval.org_id = message.org_id and approval.id = message.approval_id`;
const hasFailed = sql`message.error is not null and message.state <> 'needless'`;

/** Messages about approvals that did not arrive, or of which nobody knows; newest approval first. */
export async function failedMessages(db: Db, orgId: string, limit: number): Promise<readonly FailedMessage[]> {
  const found = await sql<Omit<FailedMessage, 'code'>>`
    select ${columns} from ${failedOf} where message.org_id = ${orgId} and ${hasFailed}
    order by approval.requested_at desc, message.approval_id, message.place, message.kind limit ${limit}`.execute(db);
  return found.rows.map(withCode);
}

function withCode<Row extends { readonly error: string }>(row: Row): Row & { readonly code: string | null } {
  return { ...row, code: codeIn(row.error) };
}

/** Where a message was to stand, for people: a channel's name, somebody's direct messages, or a webhook's channel. */
export type NamedPlace =
  | { readonly as: 'channel'; readonly name: string }
  /** One that not everybody knows of. */
  | { readonly as: 'private-channel' }
  | { readonly as: 'person'; readonly name: string }
  | { readonly as: 'webhook' };

export interface UndeliveredMessage extends Pick<FailedMessage, 'kind' | 'state' | 'code' | 'since'> {
  readonly id: string;
  readonly to: NamedPlace;
  readonly error: string;
}

interface UndeliveredRow extends Omit<FailedMessage, 'code'> {
  readonly channel: string | null;
  readonly is_private: boolean | null;
  readonly person: string | null;
}

/** Messages about one approval that did not arrive. Private channels are named only to whoever manages Slack. */
export async function undeliveredOf(
  db: Db,
  { orgId, id }: Pick<Approval, 'orgId' | 'id'>,
  seesPrivate: boolean,
): Promise<readonly UndeliveredMessage[]> {
  const found = await sql<UndeliveredRow>`
    select ${columns}, channel.name as channel, channel.is_private,
      coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.email) as person
    from ${failedOf}
    left join lateral (select name, is_private from slack_channel channel where channel.org_id = message.org_id
      and (channel.id = message.place or lower(channel.name) = lower(message.place)) limit 1) channel on true
    left join person on person.org_id = message.org_id and message.place = '@' || person.id
    where message.org_id = ${orgId} and message.approval_id = ${id} and ${hasFailed}
    order by message.place, message.kind`.execute(db);
  return found.rows.map((row) => {
    const isHidden = row.is_private === true && !seesPrivate;
    const { kind, state, since } = row;
    const code = codeIn(row.error);
    const error = isHidden ? slackErrorMessage(code ?? state) : row.error;
    return { id: messageId(row), kind, state, error, code, since, to: placeOf(row, isHidden) };
  });
}

/** Names a message of an approval without saying where it stands. */
export function messageId({ place, kind }: Pick<MessageKey, 'place' | 'kind'>): string {
  return createHash('sha256')
    .update(JSON.stringify([place, kind]))
    .digest('base64url')
    .slice(0, 22);
}

function placeOf({ place, channel, person }: UndeliveredRow, isHidden: boolean): NamedPlace {
  if (isHidden) return { as: 'private-channel' };
  if (place === '') return { as: 'webhook' };
  return place.startsWith('@') ? { as: 'person', name: person ?? place } : { as: 'channel', name: channel ?? place };
}
