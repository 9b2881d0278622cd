import { type RawBuilder, sql } from 'kysely';
import type { Actor, UserActor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import type { JsonObject } from '#platform/json.ts';
import type { BlueprintDefinition, BlueprintDocument } from './blueprint-document.ts';
import { type Reading, readingOf } from './blueprint-permissions.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { bindRules } from './rules/bind-rules.ts';
import { compileRules } from './rules/compile-rules.ts';
import { parseSearchRules } from './rules/parse-rules.ts';

type Condition = RawBuilder<boolean>;

/** What of the catalog somebody may read; every read of entities carries one of these conditions. */
export interface Visibility {
  /** On a row of `entity`, called `e`. */
  readonly entities: Condition;
  /** Blueprints of which nothing may be read. */
  readonly hidden: ReadonlySet<string>;
  /**
   * On a row that names an entity by two expressions, null where it is about none. What was deleted is seen by those
   * who may read the whole blueprint.
   */
  names(blueprint: RawBuilder<unknown>, identifier: RawBuilder<unknown>): Condition;
}

interface Restricted {
  readonly identifier: string;
  readonly document: string;
  readonly permissions: JsonObject;
  /** What it was called before: the log still says so. */
  readonly former: readonly string[];
  readonly now: Date;
}

/** A blueprint that somebody may not read whole. */
interface Closed {
  readonly blueprint: string;
  readonly former: readonly string[];
  readonly condition: Condition | null;
}

const always: Condition = sql`true`;
const everything: Visibility = { entities: always, hidden: new Set(), names: () => always };

/** Costs nothing for administrators and credentials, and one small statement for everybody else. */
export async function loadVisibility(db: Db, actor: Actor): Promise<Visibility> {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return everything;
  const found = await sql<Restricted>`${prepared}
    select identifier, document::text as document, permissions, now() as now,
      array(select f.former from former_blueprint f
        where f.org_id = blueprint.org_id and f.identifier = blueprint.identifier) as former
    from blueprint
    where org_id = ${actor.orgId} and permissions -> 'entities' ? 'read' order by identifier`.execute(db);
  const restricted: Closed[] = [];
  for (const row of found.rows) {
    const reading = readingOf(actor, row.identifier, row.permissions);
    if (reading === 'all') continue;
    const condition = await conditionOf(db, actor, row, reading);
    restricted.push({ blueprint: row.identifier, former: row.former, condition });
  }
  return restricted.length === 0 ? everything : visibilityOf(actor.orgId, restricted);
}

/** Shorthand for reads of entities alone. */
export async function visibleEntities(db: Db, actor: Actor): Promise<Condition> {
  return (await loadVisibility(db, actor)).entities;
}

function visibilityOf(orgId: string, restricted: readonly Closed[]): Visibility {
  const closed = restricted.map(({ blueprint }) => blueprint);
  const former = restricted.flatMap((one) => one.former);
  const open = (blueprint: RawBuilder<unknown>, names = closed): Condition =>
    sql`${blueprint} <> all(${names}::text[])`;
  const nameNow = (blueprint: RawBuilder<unknown>): RawBuilder<unknown> =>
    former.length === 0
      ? blueprint
      : sql`coalesce((select f.identifier from former_blueprint f
          where f.org_id = ${orgId} and f.former = ${blueprint}), ${blueprint})`;
  const granted = restricted.flatMap(({ blueprint, condition }) =>
    condition === null ? [] : [sql<boolean>`(e.blueprint = ${blueprint} and ${condition})`],
  );
  const entities = sql<boolean>`(${sql.join([open(sql`e.blueprint`), ...granted], sql` or `)})`;
  return {
    entities,
    hidden: new Set(restricted.filter(({ condition }) => condition === null).map(({ blueprint }) => blueprint)),
    names: (
      blueprint,
      identifier,
    ) => sql`(${blueprint} is null or ${identifier} is null or ${open(blueprint, [...closed, ...former])}
      or exists (select from entity e where e.org_id = ${orgId} and e.blueprint = ${nameNow(blueprint)}
        and e.identifier = ${identifier} and ${entities}))`,
  };
}

/** Null when nothing of the blueprint may be read. */
async function conditionOf(
  db: Db,
  actor: UserActor,
  { identifier, document, now }: Restricted,
  { owned, policy }: Exclude<Reading, 'all'>,
): Promise<Condition | null> {
  const conditions: Condition[] = [];
  if (owned && actor.teams.length > 0) conditions.push(sql`e.team && ${[...actor.teams]}::text[]`);
  if (policy !== null) {
    const blueprint = { identifier, ...(JSON.parse(document) as BlueprintDefinition) } as BlueprintDocument;
    const rules = await resolveContexts(db, actor, parseSearchRules(policy, 'policy'));
    const bound = bindRules(rules, blueprint, 'search');
    if (bound !== 'never') {
      conditions.push(sql`(${compileRules(bound, { dialect: 'search', orgId: actor.orgId, now })})`);
    }
  }
  return conditions.length === 0 ? null : sql`(${sql.join(conditions, sql` or `)})`;
}
