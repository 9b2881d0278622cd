import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { existingTeams } from './team-queries.ts';

export async function assertTeamsExist(db: Db | Tx, orgId: string, names: readonly string[]): Promise<void> {
  const known = new Set(await existingTeams(db, orgId, names));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined) throw notFound('team', missing);
}

export async function setTeamsOfPerson(
  tx: Tx,
  orgId: string,
  personId: string,
  teams: readonly string[],
): Promise<void> {
  await sql`delete from team_member where org_id = ${orgId} and person_id = ${personId}
    and not team = any(${teams as string[]}::text[])`.execute(tx);
  await sql`insert into team_member (org_id, team, person_id)
    select ${orgId}, name, ${personId} from unnest(${teams as string[]}::text[]) as wanted(name)
    on conflict do nothing`.execute(tx);
}

/** Members by e-mail, as Port's clients send them; an unknown address is named. */
export async function setMembersOfTeam(tx: Tx, orgId: string, team: string, emails: readonly string[]): Promise<void> {
  const found = await sql<{ id: string; email: string }>`
    select id, email from person where org_id = ${orgId} and lower(email) in
      (select lower(address) from unnest(${emails as string[]}::text[]) as wanted(address))`.execute(tx);
  const known = new Set(found.rows.map((row) => row.email.toLowerCase()));
  const missing = emails.find((email) => !known.has(email.toLowerCase()));
  if (missing !== undefined) throw notFound('user', missing);
  await sql`delete from team_member where org_id = ${orgId} and team = ${team}`.execute(tx);
  await sql`insert into team_member (org_id, team, person_id)
    select ${orgId}, ${team}, id from unnest(${found.rows.map((row) => row.id)}::text[]) as wanted(id)`.execute(tx);
}
