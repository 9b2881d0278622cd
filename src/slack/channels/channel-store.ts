import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Whether the app is in it. */
  readonly isMember: boolean;
}

export interface ChannelList {
  readonly askedAt: Date | null;
  readonly listedAt: Date | null;
  readonly error: string | null;
}

/** Asking Slack takes a moment; meanwhile nobody asks it again. */
const askingMs = 60_000;

/** How old the list of a connection's channels is; null when there is none of that connection. */
export async function channelList(db: Db, orgId: string, source: string): Promise<ChannelList | null> {
  const found = await sql<ChannelList>`
    select asked_at as "askedAt", listed_at as "listedAt", error from slack_channel_list
    where org_id = ${orgId} and source = ${source}`.execute(db);
  return found.rows[0] ?? null;
}

/** True when it is this caller who has the channels listed: once a minute, and sooner only for another connection. */
export async function claimListing(db: Db, orgId: string, source: string, now: Date): Promise<boolean> {
  const before = new Date(now.getTime() - askingMs);
  const claimed = await sql`
    insert into slack_channel_list (org_id, source, asked_at) values (${orgId}, ${source}, ${now})
    on conflict (org_id) do update set source = excluded.source, asked_at = excluded.asked_at,
      listed_at = case when slack_channel_list.source = excluded.source then slack_channel_list.listed_at end,
      error = null
    where slack_channel_list.source <> excluded.source or slack_channel_list.asked_at is null
      or slack_channel_list.asked_at <= ${before}
    returning 1`.execute(db);
  return claimed.rows.length > 0;
}

/** What Slack listed takes the place of what it listed before. */
export async function storeChannels(
  db: Db,
  { orgId, now }: { readonly orgId: string; readonly now: Date },
  channels: readonly SlackChannel[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select 1 from slack_channel_list where org_id = ${orgId} for update`.execute(tx);
    await sql`delete from slack_channel where org_id = ${orgId}`.execute(tx);
    await sql`
      insert into slack_channel (org_id, id, name, is_private, is_member, listed_at)
      select ${orgId}, channel.id, channel.name, channel."isPrivate", channel."isMember", ${now}
      from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb)
        as channel(id text, name text, "isPrivate" boolean, "isMember" boolean)
      on conflict do nothing`.execute(tx);
    await sql`update slack_channel_list set listed_at = ${now}, error = null where org_id = ${orgId}`.execute(tx);
  });
}

export async function recordListingError(db: Db, orgId: string, error: string): Promise<void> {
  await sql`update slack_channel_list set error = ${error} where org_id = ${orgId}`.execute(db);
}

export interface ChannelQuestion {
  readonly text: string;
  /** Names of private channels are for those who manage the organisation. */
  readonly withPrivate: boolean;
  readonly limit: number;
}

/** By a part of the name or by the id; names that begin with the text first. */
export async function findChannels(
  db: Db,
  orgId: string,
  { text, withPrivate, limit }: ChannelQuestion,
): Promise<readonly SlackChannel[]> {
  const asked = text.trim().replace(/^#/, '').toLowerCase();
  const found = await sql<SlackChannel>`
    select id, name, is_private as "isPrivate", is_member as "isMember" from slack_channel
    where org_id = ${orgId} and (${withPrivate} or not is_private)
      and (strpos(lower(name), ${asked}) > 0 or lower(id) = ${asked})
    order by starts_with(lower(name), ${asked}) desc, is_member desc, lower(name), id limit ${limit}`.execute(db);
  return found.rows;
}
