import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { NamedEntity, RelatedGroup } from './contract.ts';
import { visibleEntities } from './visibility-queries.ts';
import type { Target } from './relation-rules.ts';

interface Row extends NamedEntity {
  readonly direction: 'in' | 'out';
  readonly blueprint: string;
  readonly relation: string;
  readonly count: number;
}

/** What an entity is related to, one step in both directions. Identifiers it names itself are shown in any case. */
export async function relatedGroups(
  db: Db,
  actor: Actor,
  entity: Target,
  limit: number,
): Promise<readonly RelatedGroup[]> {
  const { orgId } = actor;
  const found = await sql<Row>`
    with edge as (
      select 'out' as direction, r.target_blueprint as blueprint, r.relation, r.target as identifier
      from entity_relation r
      where r.org_id = ${orgId} and r.blueprint = ${entity.blueprint} and r.identifier = ${entity.identifier}
      union all
      select 'in', r.blueprint, r.relation, r.identifier from entity_relation r
      where r.org_id = ${orgId} and r.target_blueprint = ${entity.blueprint} and r.target = ${entity.identifier}
    ), known as (
      select edge.*, e.title, e.icon,
        row_number() over (partition by edge.direction, edge.blueprint, edge.relation
          order by coalesce(e.title, edge.identifier), edge.identifier) as place,
        count(*) over (partition by edge.direction, edge.blueprint, edge.relation) as count
      from edge left join entity e on e.org_id = ${orgId} and e.blueprint = edge.blueprint
        and e.identifier = edge.identifier and ${await visibleEntities(db, actor)}
      where edge.direction = 'out' or e.identifier is not null
    )
    select direction, blueprint, relation, identifier, title, icon, count from known
    where place <= ${limit} order by direction desc, blueprint, relation, place`.execute(db);
  const groups = Map.groupBy(found.rows, (row) => JSON.stringify([row.direction, row.blueprint, row.relation]));
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const { direction, blueprint, relation, count } = first;
    const entities = rows.map(({ identifier, title, icon }) => ({ identifier, title, icon }));
    return [{ direction, blueprint, relation, count, entities }];
  });
}

/** What entities are called, by blueprint; without those that may not be read. */
export async function namesOf(
  db: Db,
  actor: Actor,
  targets: readonly Target[],
): Promise<readonly (NamedEntity & Target)[]> {
  const found = await sql<NamedEntity & Target>`
    select t.blueprint, t.identifier, e.title, e.icon
    from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(blueprint text, identifier text)
    join entity e on e.org_id = ${actor.orgId} and e.blueprint = t.blueprint and e.identifier = t.identifier
      and ${await visibleEntities(db, actor)}
    order by t.blueprint, coalesce(e.title, t.identifier), t.identifier`.execute(db);
  return found.rows;
}
