import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';

export interface TeamRow {
  readonly org_id: string;
  readonly id: string;
  readonly name: string;
  /** What people call it; null where that is the name. */
  readonly title: string | null;
  readonly description: string | null;
  readonly provider: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly users: readonly TeamMember[];
}

export interface TeamMember {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly status: string;
}

export async function teamsOf(db: Db | Tx, orgId: string, name?: string): Promise<readonly TeamRow[]> {
  const result = await sql<TeamRow>`
    select team.*, coalesce(
      (select jsonb_agg(jsonb_build_object('id', person.id, 'email', person.email, 'firstName', person.first_name,
                                           'lastName', person.last_name, 'status', person.status)
                        order by person.email)
       from team_member join person on person.org_id = team_member.org_id and person.id = team_member.person_id
       where team_member.org_id = team.org_id and team_member.team = team.name), '[]') as users
    from team where org_id = ${orgId} ${name === undefined ? sql`` : sql`and name = ${name}`}
    order by name`.execute(db);
  return result.rows;
}

/** Of these names those that teams have. */
export async function existingTeams(db: Db | Tx, orgId: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const found = await sql<{ name: string }>`
    select name from team where org_id = ${orgId} and name = any(${names as string[]}::text[])`.execute(db);
  return found.rows.map((row) => row.name);
}
