import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';

/** Home tabs that nobody has looked at for so long are not kept up to date; opening one brings it up to date. */
const watchedMs = 2 * 86_400_000;

export interface HomeKey {
  readonly orgId: string;
  readonly teamId: string;
  readonly slackUserId: string;
}

export interface HomeRow extends HomeKey {
  readonly personId: string;
  readonly shown: string | null;
}

const columns = sql`org_id as "orgId", team_id as "teamId", slack_user_id as "slackUserId", person_id as "personId",
  shown`;

function at({ orgId, teamId, slackUserId }: HomeKey) {
  return sql`org_id = ${orgId} and team_id = ${teamId} and slack_user_id = ${slackUserId}`;
}

/** Notes that somebody looks at their home tab now. */
export async function noteHome(db: Db, key: HomeKey, personId: string, now: Date): Promise<HomeRow> {
  const found = await sql<HomeRow>`
    insert into slack_home (org_id, team_id, slack_user_id, person_id, opened_at)
    values (${key.orgId}, ${key.teamId}, ${key.slackUserId}, ${personId}, ${now})
    on conflict (org_id, team_id, slack_user_id) do update set opened_at = excluded.opened_at,
      shown = case when slack_home.person_id = excluded.person_id then slack_home.shown end,
      person_id = excluded.person_id
    returning ${columns}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw new Error('The home tab just noted cannot be read');
  return row;
}

export async function forgetHome(db: Db, key: HomeKey): Promise<void> {
  await sql`delete from slack_home where ${at(key)}`.execute(db);
}

export interface Concern {
  readonly approvals: readonly string[];
  readonly people: readonly string[];
}

/** Marks the home tabs that show something of this. True when one was marked that was not before. */
export async function markHomes(
  db: Db | Tx,
  { orgId, now }: { readonly orgId: string; readonly now: Date },
  { approvals, people }: Concern,
): Promise<boolean> {
  const since = new Date(now.getTime() - watchedMs);
  const marked = await sql`
    update slack_home home set wanted_at = ${now}
    where home.org_id = ${orgId} and home.opened_at > ${since} and home.wanted_at is null
      and (home.person_id = any(${people as string[]}::text[]) or exists (
        select 1 from person, approval_approver asked
        where person.org_id = home.org_id and person.id = home.person_id and asked.org_id = home.org_id
          and asked.approval_id = any(${approvals as string[]}::text[])
          and ((asked.kind = 'user' and asked.name = lower(person.email))
            or (asked.kind = 'role' and asked.name = any(person.roles))
            or (asked.kind = 'team' and exists (select 1 from team_member member
              where member.org_id = home.org_id and member.team = asked.name and member.person_id = person.id))))
        or exists (select 1 from approval_delegation given where given.org_id = home.org_id
          and given.approval_id = any(${approvals as string[]}::text[]) and given.to_person = home.person_id))
    returning 1`.execute(db);
  return marked.rows.length > 0;
}

/** Marks the home tabs of Slack accounts that were taken from somebody. */
export async function markHomesOf(
  db: Db | Tx,
  { orgId, now }: { readonly orgId: string; readonly now: Date },
  accounts: readonly string[],
): Promise<boolean> {
  const marked = await sql`
    update slack_home set wanted_at = coalesce(wanted_at, ${now})
    where org_id = ${orgId} and team_id || '/' || slack_user_id = any(${accounts as string[]}::text[])
    returning 1`.execute(db);
  return marked.rows.length > 0;
}

/** Takes some of those that were marked; whoever takes one publishes it. */
export async function takeMarkedHomes(db: Db, orgId: string, limit: number): Promise<readonly HomeRow[]> {
  const taken = await sql<HomeRow>`
    update slack_home set wanted_at = null
    where (org_id, team_id, slack_user_id) in (
      select org_id, team_id, slack_user_id from slack_home
      where org_id = ${orgId} and wanted_at is not null order by wanted_at limit ${limit} for update skip locked)
    returning ${columns}`.execute(db);
  return taken.rows;
}

/** It could not be published: it is taken up again. */
export async function remarkHome(db: Db, key: HomeKey, now: Date): Promise<void> {
  await sql`update slack_home set wanted_at = coalesce(wanted_at, ${now}) where ${at(key)}`.execute(db);
}

export async function recordHome(db: Db, key: HomeKey, shown: string, now: Date): Promise<void> {
  await sql`update slack_home set shown = ${shown}, published_at = ${now} where ${at(key)}`.execute(db);
}
