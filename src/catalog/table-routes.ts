import { Readable } from 'node:stream';
import { sql } from 'kysely';
import Type, { type Static } from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { BlueprintPath } from './contract.ts';
import { csvHead, csvLines } from './csv-view.ts';
import { listGroups, withinGroup } from './group-queries.ts';
import { planTable } from './plan-table.ts';
import { presentEntities } from './present-entities.ts';
import { searchPage } from './search-entities.ts';
import { levelOrder, type SortOrder, sortOrder, type SortPosition } from './sort-rules.ts';
import { countFacets, readRows } from './table-queries.ts';

const tag = 'Search';
const closed = { additionalProperties: false };
const name = Type.String({ minLength: 1, maxLength: 200 });
const order = Type.Optional(Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'] }));
const narrowed = {
  query: Type.Optional(Type.Object({}, { additionalProperties: true })),
  /** Words that all have to stand somewhere in the entity. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
};
const levels = Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 });
const GroupedBy = Type.Union([
  Type.Object({ property: name }, closed),
  Type.Object({ scorecard: name, levels }, closed),
]);
const RowsBody = Type.Object(
  {
    ...narrowed,
    sort: Type.Optional(
      Type.Union([
        Type.Object({ property: name, order }, closed),
        Type.Object({ scorecard: name, levels, order }, closed),
      ]),
    ),
    /** Only the rows of one group of the table. */
    group: Type.Optional(Type.Object({ by: GroupedBy, value: Type.Unknown() }, closed)),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  closed,
);
const FacetsBody = Type.Object({ ...narrowed, fields: Type.Optional(Type.Array(name, { maxItems: 20 })) }, closed);
const GroupsBody = Type.Object(
  {
    ...narrowed,
    by: GroupedBy,
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  closed,
);
const CsvQuery = Type.Object({
  query: Type.Optional(Type.String({ maxLength: 20_000 })),
  q: Type.Optional(Type.String({ maxLength: 200 })),
  sort: Type.Optional(Type.String({ maxLength: 207 })),
  /** Of the scorecard by which is sorted, as a JSON list. */
  levels: Type.Optional(Type.String({ maxLength: 20_000 })),
  /** Keys as a JSON list, in the order of the columns; all of them when it is left out. */
  columns: Type.Optional(Type.String({ maxLength: 60_000 })),
});
const pageSize = 200;
const csvPage = 1_000;

/** What a table of a blueprint shows: rows from anywhere in it, how many there are, and by which values. */
export function tableRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [
    rowsRoute(core, blueprints),
    groupsRoute(core, blueprints),
    facetsRoute(core, blueprints),
    csvRoute(core, blueprints),
  ];
}

function rowsRoute(core: Core, blueprints: Blueprints): Route {
  const { db } = core;
  return route({
    method: 'POST',
    path: '/api/v1/blueprints/:blueprint/rows',
    summary: 'Rows of a table, from any place in its order',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: RowsBody },
    async handle({ actor, params, body }) {
      const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
      const all = await planTable(core, actor, document, body);
      if (all === null) return ok({ entities: [] });
      const group = body.group === undefined ? all : withinGroup(all, document, body.group);
      const page = { offset: body.offset ?? 0, limit: body.limit ?? pageSize };
      const rows = await readRows(db, group, tableSort(document, body.sort), page);
      return ok({ entities: await presentEntities({ db, actor, options: {} }, rows, () => document) });
    },
  });
}

function groupsRoute(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/api/v1/blueprints/:blueprint/groups',
    summary: 'The groups of a table with how many entities are in each; every entity is in exactly one',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: GroupsBody },
    async handle({ actor, params, body }) {
      const { document } = await blueprints.get(core.db, actor.orgId, params.blueprint);
      const group = await planTable(core, actor, document, body);
      const { by, offset = 0, limit = pageSize } = body;
      const page = { blueprint: document, by, offset, limit };
      const nothing = { orgId: actor.orgId, blueprints: [], condition: sql<boolean>`false` };
      return ok({ ...(await listGroups(core.db, group ?? nothing, page)) });
    },
  });
}

function facetsRoute(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/api/v1/blueprints/:blueprint/facets',
    summary: 'How many entities match, and how many by the values of some fields',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: FacetsBody },
    async handle({ actor, params, body }) {
      const { document } = await blueprints.get(core.db, actor.orgId, params.blueprint);
      const group = await planTable(core, actor, document, body);
      if (group === null) return ok({ count: 0, facets: {} });
      return ok(await countFacets(core.db, group, document, body.fields ?? []));
    },
  });
}

function csvRoute(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'GET',
    path: '/api/v1/blueprints/:blueprint/entities.csv',
    summary: 'All entities that match, as a CSV file',
    tag,
    access: 'known',
    request: { params: BlueprintPath, query: CsvQuery },
    async handle({ actor, params, query }) {
      const { document } = await blueprints.get(core.db, actor.orgId, params.blueprint);
      const { q } = query;
      const rules = query.query === undefined ? {} : { query: readJson(query.query) };
      const group = await planTable(core, actor, document, { ...rules, ...(q === undefined ? {} : { q }) });
      const sort = csvSort(document, query);
      const columns = query.columns === undefined ? null : readTexts(query.columns, 'columns');
      const lines = async function* (): AsyncGenerator<string> {
        yield csvHead(document, columns);
        for (let after: SortPosition | null = null; group !== null;) {
          const page = await searchPage(core.db, group, { sort, after, limit: csvPage });
          const shown = await presentEntities({ db: core.db, actor, options: {} }, page.rows, () => document);
          yield csvLines(document, shown, columns);
          after = page.next;
          if (after === null) return;
        }
      };
      const file = encodeURIComponent(document.identifier);
      return {
        status: 200,
        body: Readable.from(lines()),
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename*=UTF-8''${file}.csv`,
        },
      };
    },
  });
}

function readJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  const errors = [{ path: 'query', message: 'must be a query as JSON' }];
  throw problem('invalid', 'invalid_request', '"query" must be a query as JSON.', { errors });
}

function readTexts(text: string, path: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.length <= 1_000 && value.every((one) => typeof one === 'string')) return value;
  } catch {
    // Told below.
  }
  const errors = [{ path, message: 'must be a list of texts as JSON' }];
  throw problem('invalid', 'invalid_request', `"${path}" must be a list of texts as JSON.`, { errors });
}

function tableSort(document: BlueprintDocument, sort: Static<typeof RowsBody>['sort']): SortOrder {
  const input = sort ?? { property: '$identifier' };
  return 'property' in input ? sortOrder(document, input) : levelOrder(input);
}

function csvSort(document: BlueprintDocument, { sort, levels: given }: Static<typeof CsvQuery>): SortOrder {
  const key = sort?.replace(/^-/, '') ?? '$identifier';
  const direction = sort?.startsWith('-') === true ? 'desc' : 'asc';
  if (!key.startsWith('level:')) return sortOrder(document, { property: key, order: direction });
  const known = given === undefined ? [] : readTexts(given, 'levels');
  return levelOrder({ scorecard: key.slice('level:'.length), levels: known, order: direction });
}
