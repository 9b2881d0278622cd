import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';

const mostRenames = 20;

/** An entity's names as rows `name`, former ones and those of its blueprint included: each counts until it was lost. */
function namesOf(orgId: string, blueprint: string, identifier: string): RawBuilder<unknown> {
  return sql`with recursive name(blueprint, identifier, until, depth) as (
      select ${blueprint}::text, ${identifier}::text, 9223372036854775807, 0
      union
      select case when renamed.resource = 'blueprint' then renamed.context ->> 'renamedFrom' else name.blueprint end,
        case when renamed.resource = 'blueprint' then name.identifier else renamed.context ->> 'renamedFrom' end,
        renamed.number, name.depth + 1
      from name join event renamed on renamed.org_id = ${orgId}
        and renamed.subject = any(array['entity:' || name.blueprint || '/' || name.identifier,
          'blueprint:' || name.blueprint])
        and renamed.number < name.until and renamed.context ? 'renamedFrom' and renamed.status = 'SUCCESS'
      where name.depth < ${mostRenames}::int
    )`;
}

/** The successful changes of an entity as rows `change` of `event`, under whatever name it had. */
export function changesOf(orgId: string, blueprint: string, identifier: string): RawBuilder<unknown> {
  return sql`(
    ${namesOf(orgId, blueprint, identifier)}
    select event.* from name join event on event.org_id = ${orgId}
      and event.subject = 'entity:' || name.blueprint || '/' || name.identifier
      and event.number < name.until and event.status = 'SUCCESS') as change`;
}

/** What an entity was called before, and the number of the event up to which the name counts. */
export interface FormerName {
  readonly blueprint: string;
  readonly identifier: string;
  readonly until: number;
}

export async function formerNamesOf(
  db: Db,
  orgId: string,
  blueprint: string,
  identifier: string,
): Promise<readonly FormerName[]> {
  const found = await sql<FormerName>`
    ${namesOf(orgId, blueprint, identifier)}
    select blueprint, identifier, until from name where depth > 0`.execute(db);
  return found.rows;
}
