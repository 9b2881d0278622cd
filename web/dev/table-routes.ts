import type { Entity, Json } from '../src/api/wire.ts';
import type { Rule } from '../src/catalog/api.ts';
import { actions } from './data/actions.ts';
import { blueprints, scorecards } from './data/catalog.ts';
import { entities } from './data/entities.ts';
import { at, type Route } from './reply.ts';

const ok = (body: object, status = 200) => ({ body, status });

interface Findable {
  readonly identifier: string;
  readonly title?: string;
  readonly icon?: string | null;
}

const of = (blueprint: string | undefined): Entity[] => entities.filter((entity) => entity.blueprint === blueprint);

function valuesOf(entity: Entity, field: string): readonly string[] {
  const given = field.startsWith('level:')
    ? entity.scorecards?.[field.slice('level:'.length)]?.level
    : field === '$team'
      ? entity.team
      : (entity.properties[field] ?? entity.relations[field]);
  const list = Array.isArray(given) ? given : [given];
  return list.filter((one) => one !== undefined && one !== null).map(String);
}

interface Tree {
  readonly combinator: 'and' | 'or';
  readonly rules: readonly (Tree | Rule)[];
}

/** What an entity holds in the place that rows are grouped by. */
export function groupedBy(entity: Entity, by: unknown): Json {
  const { property, scorecard = '' } = by as { readonly property?: string; readonly scorecard?: string };
  if (property === undefined) return entity.scorecards?.[scorecard]?.level ?? null;
  if (property === '$team') return entity.team.length === 0 ? null : entity.team;
  if (property === '$createdBy') return entity.createdBy;
  return entity.properties[property] ?? entity.relations[property] ?? null;
}

function isInGroup(entity: Entity, { group }: Readonly<Record<string, unknown>>): boolean {
  if (group === undefined) return true;
  const { by, value } = group as { readonly by: unknown; readonly value: Json };
  return JSON.stringify(groupedBy(entity, by)) === JSON.stringify(value);
}

/** Enough of the rule language for the tables of the sample. */
export function matches(entity: Entity, body: Readonly<Record<string, unknown>>): boolean {
  const tree = (body['query'] ?? { combinator: 'and', rules: [] }) as Tree;
  const words = typeof body['q'] === 'string' ? body['q'].toLowerCase() : '';
  const isWanted = ({ property, scorecard, operator, value }: Rule): boolean => {
    const values = valuesOf(entity, property ?? `level:${scorecard ?? ''}`);
    if (operator === 'isEmpty') return values.length === 0;
    if (operator === 'isNotEmpty') return values.length > 0;
    const wanted = new Set((Array.isArray(value) ? value : [value]).map(String));
    return values.some((one) => wanted.has(one)) === (operator !== 'notIn');
  };
  const holds = (node: Tree | Rule): boolean => {
    if (!('rules' in node)) return isWanted(node);
    if (node.rules.length === 0) return true;
    return node.combinator === 'or' ? node.rules.some(holds) : node.rules.every(holds);
  };
  return holds(tree) && isInGroup(entity, body) && `${entity.title} ${entity.identifier}`.toLowerCase().includes(words);
}

/** Finding, and what tables ask for. */
export const tableRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/search'),
    handle: ({ query }) => {
      const asked = (query.get('q') ?? '').toLowerCase();
      const isFound = (one: { readonly title?: string; readonly identifier: string }): boolean =>
        `${one.title ?? ''} ${one.identifier}`.toLowerCase().includes(asked);
      const hit = (
        kind: string,
        blueprint: string | null,
        { identifier, title = identifier, icon = null }: Findable,
      ) => ({
        kind,
        identifier,
        blueprint,
        title,
        icon,
        score: 60,
        matches: [{ field: '$title', text: title, ranges: [] }],
      });
      return ok({
        results: [
          ...actions.filter(isFound).map((one) => hit('action', null, one)),
          ...entities.filter(isFound).map((one) => hit('entity', one.blueprint, one)),
          ...scorecards.filter(isFound).map((one) => hit('scorecard', one.blueprint, one)),
          ...blueprints.filter(isFound).map((one) => hit('blueprint', null, one)),
        ].slice(0, 40),
      });
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/rows'),
    handle: ({ params, body }) => {
      const offset = Number(body['offset'] ?? 0);
      const found = of(params[0]).filter((entity) => matches(entity, body));
      return ok({ entities: found.slice(offset, offset + Number(body['limit'] ?? 200)) });
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/facets'),
    handle: ({ params, body }) => {
      const found = of(params[0]).filter((entity) => matches(entity, body));
      const fields = (body['fields'] ?? []) as readonly string[];
      const facets = fields.map((field) => {
        const counts = new Map<string, number>();
        for (const value of found.flatMap((entity) => valuesOf(entity, field))) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        return [field, [...counts].map(([value, count]) => ({ value, count }))] as const;
      });
      return ok({ count: found.length, facets: Object.fromEntries(facets) });
    },
  },
];
