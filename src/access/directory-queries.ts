import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';

/** Some of a long list, in its order. */
export interface DirectoryAsk {
  readonly orgId: string;
  /** Words that all have to occur in the name or the address. */
  readonly text: string;
  /** Exactly these, whatever else is asked: people by id or e-mail, teams by name. */
  readonly named: readonly string[] | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface DirectoryPerson {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly status: string;
}

export interface DirectoryTeam {
  readonly name: string;
  readonly description: string | null;
  readonly members: number;
}

/** Rows carry what they are sorted by. */
export interface DirectoryPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

const nameOfPerson = sql<string>`lower(trim(first_name || ' ' || last_name) || ' ' || email)`;

/** People who are not disabled, by name, and no programs; those asked for by name, whatever their status. */
export async function findPeople(db: Db, ask: DirectoryAsk): Promise<DirectoryPage<DirectoryPerson>> {
  const { named } = ask;
  const wanted =
    named === undefined
      ? sql`status <> 'DISABLED' and type = 'STANDARD' and ${matching(nameOfPerson, ask)}`
      : sql`(id = any(${[...named]}::text[]) or lower(email) = any(${named.map((one) => one.toLowerCase())}::text[]))`;
  const found = await sql<DirectoryPerson & { readonly sort: string }>`
    select id, email, first_name as "firstName", last_name as "lastName", status, ${nameOfPerson} as sort
    from person where org_id = ${ask.orgId} and ${wanted}
    order by (${nameOfPerson}) collate "C" limit ${ask.limit + 1}`.execute(db);
  return pageOf(found.rows, ask.limit);
}

export async function findTeams(db: Db, ask: DirectoryAsk): Promise<DirectoryPage<DirectoryTeam>> {
  const { named } = ask;
  // Names differ by case, so the name itself decides among equals.
  const sort = sql<string>`lower(name) || ' ' || name`;
  const wanted = named === undefined ? matching(sort, ask) : sql`name = any(${[...named]}::text[])`;
  const found = await sql<DirectoryTeam & { readonly sort: string }>`
    select name, description, ${sort} as sort,
      (select count(*)::int from team_member member where member.org_id = team.org_id and member.team = team.name) as members
    from team where org_id = ${ask.orgId} and ${wanted}
    order by (${sort}) collate "C" limit ${ask.limit + 1}`.execute(db);
  return pageOf(found.rows, ask.limit);
}

function matching(sort: RawBuilder<string>, { text, cursor }: DirectoryAsk): RawBuilder<unknown> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return sql.join(
    [
      sql`true`,
      ...words.map((word) => sql`position(${word} in ${sort}) > 0`),
      ...(cursor === undefined ? [] : [sql`(${sort}) collate "C" > ${readCursor(cursor)}`]),
    ],
    sql` and `,
  );
}

/** One more than the limit was asked for, to tell whether there is more. */
export function pageOf<Row>(rows: readonly (Row & { readonly sort: string })[], limit: number): DirectoryPage<Row> {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    rows: page,
    next: last === undefined ? null : Buffer.from(last.sort).toString('base64url'),
  };
}

export function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (Buffer.from(text).toString('base64url') === cursor && !text.includes('\u0000')) return text;
  throw problem('invalid', 'invalid_request', 'The cursor is not one of this list.', { field: 'cursor' });
}
