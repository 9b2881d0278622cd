import Type, { type Static } from 'typebox';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { notFound, problem, type Problem } from '#platform/problem.ts';
import { aggregateEntities, type Aggregation, type Span } from './aggregate-entities.ts';
import { aggregateOverTime, intervals, type Measure } from './aggregate-over-time.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { findEntity } from './list-entities.ts';
import { planSearch, type SearchGroup, searchSetting } from './plan-search.ts';
import { readPropertyHistory } from './read-property-history.ts';
import { readTimeSpan, timePresets } from './read-time-span.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSentRules } from './rules/refuse-extra-keys.ts';

const tag = 'Search';
const closed = { additionalProperties: false };
const open = Type.Object({}, { additionalProperties: true });
const name = Type.String({ minLength: 1, maxLength: 200 });
const oneOf = <Value extends string>(values: readonly Value[]) => Type.Unsafe<Value>({ type: 'string', enum: values });

const spans: readonly Span[] = ['hour', 'day', 'week', 'month', 'total'];
const Body = Type.Object(
  {
    func: oneOf(['count', 'average', 'sum', 'min', 'max', 'median', 'countValues']),
    query: open,
    property: Type.Optional(name),
    relation: Type.Optional(name),
    scorecard: Type.Optional(name),
    rule: Type.Optional(name),
    scorecardRule: Type.Optional(name),
    averageOf: Type.Optional(oneOf(spans)),
    measureTimeBy: Type.Optional(name),
    calculationBy: Type.Optional(Type.String()),
  },
  closed,
);

const TimeRange = Type.Object({ preset: oneOf(timePresets), timeZone: Type.Optional(Type.String()) }, closed);
const functions = ['average', 'sum', 'min', 'max', 'median', 'last', 'count'] as const;
const OverTime = Type.Object(
  {
    blueprint: name,
    timeRange: TimeRange,
    timeInterval: oneOf(intervals),
    query: open,
    measureTimeBy: name,
    aggregationType: oneOf(['aggregatePropertiesValues', 'countEntities']),
    func: oneOf(functions),
    properties: Type.Optional(Type.Array(name, { minItems: 1, maxItems: 50 })),
    breakdownProperty: Type.Optional(name),
  },
  closed,
);

const PropertiesHistory = Type.Object(
  {
    entityIdentifier: Type.String({ minLength: 1 }),
    blueprintIdentifier: name,
    propertyNames: Type.Array(name, { minItems: 1, maxItems: 50 }),
    timeInterval: Type.Optional(oneOf(intervals)),
    timeRange: Type.Optional(TimeRange),
  },
  closed,
);

export function aggregateRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [
    aggregateEverywhere(core, blueprints),
    aggregateBlueprint(core, blueprints),
    propertiesHistory(core, blueprints),
  ];
}

function aggregateEverywhere(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/v1/entities/aggregate',
    summary: 'One figure over the entities that match, or their number by value',
    tag,
    access: 'known',
    request: { body: Body },
    async handle({ actor, body }) {
      const aggregation = readAggregation(body);
      const all = await blueprints.all(core.db, actor.orgId);
      const groups = await groupsOf(
        core,
        actor,
        body.query,
        all.map(({ document }) => document),
      );
      return ok({
        matchingBlueprints: groups.flatMap((group) => group.blueprints).toSorted(),
        failedBlueprints: [],
        entities: await aggregateEntities(core.db, groups, aggregation, core.clock.now()),
      });
    },
  });
}

function aggregateBlueprint(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/v1/entities/aggregate-over-time',
    summary: 'Figures of a blueprint, interval by interval',
    tag,
    access: 'known',
    request: { body: OverTime },
    async handle({ actor, body }) {
      const span = readTimeSpan(body.timeRange, body.timeInterval, core.clock.now());
      const measure = readMeasure(body);
      const { document } = await blueprints.get(core.db, actor.orgId, body.blueprint);
      const groups = await groupsOf(core, actor, body.query, [document]);
      const { measureTimeBy } = body;
      return ok({ result: await aggregateOverTime(core.db, groups, { measure, measureTimeBy, span }) });
    },
  });
}

function propertiesHistory({ db, clock }: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/v1/entities/properties-history',
    summary: 'The numbers an entity had, interval by interval',
    tag,
    access: 'known',
    request: { body: PropertiesHistory },
    async handle({ actor, body }) {
      const { blueprintIdentifier: blueprint, entityIdentifier: identifier, propertyNames: properties } = body;
      const span = readTimeSpan(body.timeRange ?? { preset: 'lastMonth' }, body.timeInterval ?? 'day', clock.now());
      const { row } = await findEntity({ db, blueprints }, actor, blueprint, identifier);
      if (row === null) throw notFound('entity', identifier, { blueprint });
      const { orgId } = actor;
      return ok({ result: await readPropertyHistory(db, { orgId, blueprint, identifier, properties, span }) });
    },
  });
}

async function groupsOf(
  core: Core,
  actor: Actor,
  query: object,
  documents: readonly BlueprintDocument[],
): Promise<readonly SearchGroup[]> {
  const rules = await resolveContexts(core.db, actor, parseSentRules(query, 'query'));
  return planSearch(rules, documents, await searchSetting(core, actor));
}

function readAggregation(body: Static<typeof Body>): Aggregation {
  const { func, property, averageOf, measureTimeBy = '$createdAt' } = body;
  if (func === 'count') return { func };
  if (func === 'countValues') return { func, grouping: readGrouping(body) };
  if (func === 'average') {
    return { func, property: property ?? null, averageOf: averageOf ?? 'total', measureTimeBy };
  }
  if (property === undefined) throw refused('property', `is needed for "${func}"`);
  return { func, property };
}

function readGrouping({ property, relation, scorecard, ...body }: Static<typeof Body>) {
  const rule = body.rule ?? body.scorecardRule;
  const given = [property, relation, scorecard].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw refused('property', 'or a relation or a scorecard is needed to count values, one of them');
  if (property !== undefined) return { kind: 'property', key: property } as const;
  if (relation !== undefined) return { kind: 'relation', key: relation } as const;
  if (rule === undefined) return { kind: 'level', scorecard: scorecard ?? '' } as const;
  return { kind: 'rule', scorecard: scorecard ?? '', rule } as const;
}

function readMeasure({ aggregationType, func, properties, breakdownProperty }: Static<typeof OverTime>): Measure {
  if (aggregationType === 'countEntities') {
    if (func !== 'count' && func !== 'average') throw refused('func', 'must be "count" or "average" to count entities');
    return { kind: 'count', func, breakdown: breakdownProperty ?? null };
  }
  if (func === 'count') throw refused('func', 'must be a function of property values');
  if (properties === undefined) throw refused('properties', 'must name at least one property');
  return { kind: 'properties', func, properties };
}

function refused(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
