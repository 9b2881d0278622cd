import { type RawBuilder, sql } from 'kysely';

export function entitySubject(blueprint: string, identifier: string): string {
  return `entity:${blueprint}/${identifier}`;
}

const mostRenames = 20;

/**
 * The successful changes of an entity as rows `change` of `event`, those under its former names included: a name
 * counts until the entity lost it.
 */
export function changesOf(orgId: string, blueprint: string, identifier: string): RawBuilder<unknown> {
  return sql`(
    with recursive name(subject, until, depth) as (
      select ${entitySubject(blueprint, identifier)}::text, 9223372036854775807, 0
      union
      select ${entitySubject(blueprint, '')}::text || (renamed.context ->> 'renamedFrom'), renamed.number, name.depth + 1
      from name join event renamed on renamed.org_id = ${orgId} and renamed.subject = name.subject
        and renamed.number < name.until and renamed.context ? 'renamedFrom' and renamed.status = 'SUCCESS'
      where name.depth < ${mostRenames}::int
    )
    select event.* from name join event on event.org_id = ${orgId} and event.subject = name.subject
      and event.number < name.until and event.status = 'SUCCESS') as change`;
}
