import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#platform/db/handles.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { bindRules } from '../rules/bind-rules.ts';
import { compileRules } from '../rules/compile-rules.ts';
import { instantOf } from '../rules/json-term.ts';
import { firstAfter, turningPoints } from '../rules/next-change.ts';
import { type AggregationSpec, aggregationQuery, type Interval, readAggregationSpec } from './aggregation-rules.ts';
import { type AggregationPath, type AggregationPlan, dependsOnTime } from './compile-plan.ts';
import type { CatalogGraph } from './load-graph.ts';

type Sql<Value = unknown> = RawBuilder<Value>;

export interface AggregationGround {
  readonly db: Tx;
  readonly orgId: string;
  readonly now: Date;
  readonly graph: CatalogGraph;
}

/** Per owner the values of its aggregations by key; without those that have none. */
export interface Aggregated {
  readonly values: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** When the first of them becomes another though nobody writes; without owners for whom none does. */
  readonly changeAt: ReadonlyMap<string, Date>;
}

/** Aggregations of some entities of a blueprint, one statement for all that look at the same related entities. */
export async function computeAggregations(
  ground: AggregationGround,
  blueprint: string,
  owners: readonly string[],
): Promise<Aggregated> {
  const { aggregations } = ground.graph.plan(blueprint);
  const values = new Map(owners.map((owner) => [owner, valuesOfNone(aggregations)] as const));
  const changeAt = new Map<string, Date>();
  const alike = Map.groupBy(aggregations, ({ definition, path }) => JSON.stringify([definition.target, path]));
  for (const group of alike.values()) {
    const rows = await aggregate(ground, { blueprint, owners }, group);
    for (const { owner, changeAt: at, ...found } of rows) {
      const known = changeAt.get(owner);
      if (at !== null && (known === undefined || at < known)) changeAt.set(owner, at);
      const into = values.get(owner);
      group.forEach(({ key }, column) => {
        const value = found[`v${column}`];
        const number = value === null || value === undefined ? NaN : Number(value);
        if (into !== undefined && Number.isFinite(number)) into[key] = number;
      });
    }
  }
  return { values, changeAt };
}

/** How many, and their sum, is known of no entities; everything else is not. */
export function valuesOfNone(aggregations: readonly AggregationPlan[]): Record<string, number> {
  const zero = aggregations.filter(({ definition }) => {
    const spec = readAggregationSpec(definition.calculationSpec);
    return typeof spec !== 'string' && (spec.kind === 'count' || (spec.kind === 'property' && spec.func === 'sum'));
  });
  return Object.fromEntries(zero.map(({ key }) => [key, 0]));
}

/** Numbers as texts: they may be beyond what a double holds. */
interface AggregatedRow {
  readonly owner: string;
  readonly changeAt: Date | null;
  readonly [column: string]: unknown;
}

async function aggregate(
  ground: AggregationGround,
  of: { readonly blueprint: string; readonly owners: readonly string[] },
  group: readonly AggregationPlan[],
): Promise<readonly AggregatedRow[]> {
  const [first] = group;
  const target = ground.graph.documents.get(first?.definition.target ?? '');
  if (first === undefined || target === undefined) return [];
  const columns = group.map((plan, at) => sql`${columnOf(ground, target, plan)} as ${sql.ref(`v${at}`)}`);
  const { orgId } = ground;
  const found = await sql<AggregatedRow>`
    with recursive ${members(ground, of, first)}
    select m.owner, ${firstChange(ground, target, group)} as "changeAt", ${sql.join(columns)}
    from (select distinct owner, identifier from member) as m
    join entity e on e.org_id = ${orgId} and e.blueprint = ${target.identifier} and e.identifier = m.identifier
    ${target.identifier === of.blueprint ? sql`where m.identifier <> m.owner` : sql``}
    group by m.owner`.execute(ground.db);
  return found.rows;
}

/** The relation `member (owner, identifier)`: which entities of the target belong to which owner. */
function members(
  ground: AggregationGround,
  { blueprint, owners }: { readonly blueprint: string; readonly owners: readonly string[] },
  { definition, path }: AggregationPlan,
): Sql {
  const owner = sql`owner as (select id collate "C" as id from unnest(${[...owners]}::text[]) as id)`;
  if (path !== null) return sql`${owner}, member as (${alongPath(ground.orgId, path)})`;
  const { graph, orgId } = ground;
  const up = graph.between(blueprint, definition.target);
  const down = graph.between(definition.target, blueprint);
  return sql`${owner}, ${reach(orgId, 'up', { blueprint, within: up })}, ${reach(orgId, 'down', { blueprint, within: down })},
    member as (
      select owner, identifier from up where blueprint = ${definition.target}
      union all select owner, identifier from down where blueprint = ${definition.target})`;
}

/** Everything on the way, over any number of relations in one direction. `union` ends cycles. */
function reach(
  orgId: string,
  direction: 'up' | 'down',
  { blueprint, within }: { readonly blueprint: string; readonly within: readonly string[] },
): Sql {
  const name = sql.ref(direction);
  const step =
    direction === 'up'
      ? { from: sql`r.blueprint`, fromId: sql`r.identifier`, to: sql`r.target_blueprint`, toId: sql`r.target` }
      : { from: sql`r.target_blueprint`, fromId: sql`r.target`, to: sql`r.blueprint`, toId: sql`r.identifier` };
  const allowed = sql`${step.to} = any(${[...within]}::text[])`;
  return sql`${name} as (
    select o.id as owner, ${step.to} as blueprint, ${step.toId} as identifier
    from owner o join entity_relation r on r.org_id = ${orgId} and ${step.from} = ${blueprint}
      and ${step.fromId} = o.id and ${allowed}
    union
    select w.owner, ${step.to}, ${step.toId}
    from ${name} w join entity_relation r on r.org_id = ${orgId} and ${step.from} = w.blueprint
      and ${step.fromId} = w.identifier and ${allowed})`;
}

function alongPath(orgId: string, { from, hops }: AggregationPath): Sql {
  // From the owner's end: backwards where the path is written from the target.
  const ordered = from === 'owner' ? hops : hops.toReversed();
  const joins = ordered.map((hop, index) => {
    const r = sql.ref(`r${index}`);
    const before = sql.ref(`r${index - 1}`);
    const mine = from === 'owner' ? sql`${r}.identifier` : sql`${r}.target`;
    const previous = index === 0 ? sql`o.id` : from === 'owner' ? sql`${before}.target` : sql`${before}.identifier`;
    return sql`join entity_relation ${r} on ${r}.org_id = ${orgId} and ${r}.blueprint = ${hop.blueprint}
      and ${r}.relation = ${hop.relation} and ${r}.target_blueprint = ${hop.target} and ${mine} = ${previous}`;
  });
  const end = sql.ref(`r${ordered.length - 1}`);
  return sql`select o.id as owner, ${from === 'owner' ? sql`${end}.target` : sql`${end}.identifier`} as identifier
    from owner o ${sql.join(joins, sql` `)}`;
}

/** The first instant at which a value of an owner may become another by the passing of time, over its members. */
function firstChange(ground: AggregationGround, target: BlueprintDocument, group: readonly AggregationPlan[]): Sql {
  const instants = group.filter(dependsOnTime).flatMap(({ definition }) => {
    const query = aggregationQuery(definition, '');
    const bound = query === null ? 'always' : bindRules(query, target, 'search');
    const spec = readAggregationSpec(definition.calculationSpec);
    if (bound === 'never' || typeof spec === 'string') return [];
    const points = bound === 'always' ? [] : turningPoints(bound);
    const condition = conditionOf(ground, target, query) ?? sql`true`;
    return [
      ...(points.length === 0 ? [] : [sql`min(${firstAfter(points, ground.now)})`]),
      ...('interval' in spec ? [nextInterval(spec, sql`filter (where ${condition})`, ground.now)] : []),
    ];
  });
  return instants.length === 0 ? sql`null::timestamptz` : sql`least(${sql.join(instants)})`;
}

/** When one more interval has begun, in whole milliseconds as clocks have them. */
function nextInterval(
  spec: { readonly interval: Interval; readonly measureTimeBy: string },
  filter: Sql,
  now: Date,
): Sql {
  const first = sql`min(${timeOf(spec.measureTimeBy)}) ${filter}`;
  const ended = sql`${passed(spec, filter, now)} * ${seconds[spec.interval]} * interval '1 second'`;
  return sql`(date_trunc('milliseconds', ${first} + ${ended}) + interval '1 millisecond')`;
}

const seconds: Readonly<Record<Interval, number>> = { hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 };

function columnOf(ground: AggregationGround, target: BlueprintDocument, { definition }: AggregationPlan): Sql {
  const spec = readAggregationSpec(definition.calculationSpec);
  const condition = conditionOf(ground, target, aggregationQuery(definition, ''));
  if (typeof spec === 'string' || condition === null) return sql`null::text`;
  return sql`(${functionOf(spec, sql`filter (where ${condition})`, ground.now)})::text`;
}

/** Null when no entity of the target can match. */
function conditionOf(
  { orgId, now }: AggregationGround,
  target: BlueprintDocument,
  query: ReturnType<typeof aggregationQuery>,
): Sql<boolean> | null {
  if (query === null) return sql`true`;
  const bound = bindRules(query, target, 'search');
  return bound === 'never' ? null : compileRules(bound, { dialect: 'search', orgId, now });
}

function functionOf(spec: AggregationSpec, filter: Sql, now: Date): Sql {
  switch (spec.kind) {
    case 'count':
      return sql`count(*) ${filter}`;
    case 'count-per':
      return sql`nullif(count(*) ${filter}, 0) / ${passed(spec, filter, now)}`;
    case 'sum-per':
      return sql`sum(${numberOf(spec.property)}) ${filter} / ${passed(spec, filter, now)}`;
    case 'property': {
      const value = numberOf(spec.property);
      if (spec.func === 'median') return sql`percentile_cont(0.5) within group (order by ${value}::float8) ${filter}`;
      if (spec.func === 'sum') return sql`coalesce(sum(${value}) ${filter}, 0)`;
      const name = { min: sql`min`, max: sql`max`, average: sql`avg` }[spec.func];
      return sql`${name}(${value}) ${filter}`;
    }
  }
}

/** Numeric, since a sum of doubles that runs over would fail the statement. */
function numberOf(property: string): Sql {
  const json = sql`(e.properties -> ${property}::text)`;
  return sql`(case when jsonb_typeof(${json}) = 'number' then ${json}::numeric end)`;
}

/** Intervals since the earliest of the entities; one that has begun counts whole. */
function passed(
  { interval, measureTimeBy }: { readonly interval: Interval; readonly measureTimeBy: string },
  filter: Sql,
  now: Date,
): Sql {
  const time = timeOf(measureTimeBy);
  return sql`greatest(1, ceil(extract(epoch from ${now}::timestamptz - min(${time}) ${filter}) / ${seconds[interval]}))`;
}

function timeOf(property: string): Sql {
  if (property === '$createdAt') return sql`e.created_at`;
  if (property === '$updatedAt') return sql`e.updated_at`;
  const json = sql`(e.properties -> ${property}::text)`;
  return instantOf(sql`(e.properties ->> ${property}::text)`, sql`jsonb_typeof(${json})`);
}
