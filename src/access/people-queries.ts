import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { PersonRow } from './person.ts';

async function people(db: Db | Tx, where: RawBuilder<unknown>): Promise<readonly PersonRow[]> {
  const result = await sql<PersonRow>`
    select person.*, coalesce(
      (select array_agg(team order by team) from team_member
       where team_member.org_id = person.org_id and team_member.person_id = person.id), '{}') as teams
    from person where ${where} order by lower(person.email)`.execute(db);
  return result.rows;
}

export async function peopleOf(db: Db | Tx, orgId: string): Promise<readonly PersonRow[]> {
  return people(db, sql`person.org_id = ${orgId}`);
}

export async function personById(db: Db | Tx, orgId: string, id: string): Promise<PersonRow | null> {
  return (await people(db, sql`person.org_id = ${orgId} and person.id = ${id}`))[0] ?? null;
}

export async function peopleByIds(db: Db | Tx, orgId: string, ids: readonly string[]): Promise<readonly PersonRow[]> {
  return people(db, sql`person.org_id = ${orgId} and person.id = any(${ids as string[]}::text[])`);
}

export async function personByEmailIn(db: Db | Tx, orgId: string, email: string): Promise<PersonRow | null> {
  return (await people(db, sql`person.org_id = ${orgId} and lower(person.email) = lower(${email})`))[0] ?? null;
}

/** For sign-in, where the organisation is not known yet. */
export async function personByEmail(db: Db | Tx, email: string): Promise<PersonRow | null> {
  return (await people(db, sql`lower(person.email) = lower(${email})`))[0] ?? null;
}

/** Those of these people, by e-mail in small letters, and teams, by name, that the organisation has. */
export async function knownNames(
  db: Db | Tx,
  orgId: string,
  { people: emails, teams }: { readonly people: readonly string[]; readonly teams: readonly string[] },
): Promise<{ readonly people: readonly string[]; readonly teams: readonly string[] }> {
  const found = await sql<{ person: string | null; team: string | null }>`
    select lower(email) as person, null as team from person
      where org_id = ${orgId} and lower(email) = any(${[...emails]}::text[])
    union all
    select null, name from team where org_id = ${orgId} and name = any(${[...teams]}::text[])`.execute(db);
  return {
    people: found.rows.flatMap(({ person }) => person ?? []),
    teams: found.rows.flatMap(({ team }) => team ?? []),
  };
}
