import { Readable } from 'node:stream';
import Type, { type Static } from 'typebox';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { BlueprintPath } from './contract.ts';
import { csvHead, csvLines } from './csv-view.ts';
import { planSearch, type SearchGroup, searchSetting } from './plan-search.ts';
import { presentEntities } from './present-entities.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { searchPage } from './search-entities.ts';
import { sortOrder, type SortPosition } from './sort-rules.ts';
import { countFacets, readRows, type TableSort, withWords } from './table-queries.ts';

const tag = 'Search';
const closed = { additionalProperties: false };
const name = Type.String({ minLength: 1, maxLength: 200 });
const order = Type.Optional(Type.Unsafe<'asc' | 'desc'>({ type: 'string', enum: ['asc', 'desc'] }));
const narrowed = {
  query: Type.Optional(Type.Object({}, { additionalProperties: true })),
  /** Words that all have to stand somewhere in the entity. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
};
const RowsBody = Type.Object(
  {
    ...narrowed,
    sort: Type.Optional(
      Type.Union([
        Type.Object({ property: name, order }, closed),
        Type.Object({ scorecard: name, levels: Type.Array(Type.String(), { maxItems: 100 }), order }, closed),
      ]),
    ),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  closed,
);
const FacetsBody = Type.Object({ ...narrowed, fields: Type.Optional(Type.Array(name, { maxItems: 20 })) }, closed);
const CsvQuery = Type.Object({
  query: Type.Optional(Type.String({ maxLength: 20_000 })),
  q: Type.Optional(Type.String({ maxLength: 200 })),
  sort: Type.Optional(Type.String({ maxLength: 201 })),
});
const pageSize = 200;
const csvPage = 1_000;

/** What a table of a blueprint shows: rows from anywhere in it, how many there are, and by which values. */
export function tableRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [rowsRoute(core, blueprints), facetsRoute(core, blueprints), csvRoute(core, blueprints)];
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
      const group = await groupOf(core, actor, document, body);
      if (group === null) return ok({ entities: [] });
      const page = { offset: body.offset ?? 0, limit: body.limit ?? pageSize };
      const rows = await readRows(db, group, tableSort(document, body.sort), page);
      return ok({ entities: await presentEntities({ db, actor, options: {} }, rows, () => document) });
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
      const group = await groupOf(core, actor, document, body);
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
      const group = await groupOf(core, actor, document, { ...rules, ...(q === undefined ? {} : { q }) });
      const property = query.sort?.replace(/^-/, '') ?? '$identifier';
      const sort = sortOrder(document, { property, order: query.sort?.startsWith('-') === true ? 'desc' : 'asc' });
      const lines = async function* (): AsyncGenerator<string> {
        yield csvHead(document);
        for (let after: SortPosition | null = null; group !== null;) {
          const page = await searchPage(core.db, group, { sort, after, limit: csvPage });
          yield csvLines(
            document,
            await presentEntities({ db: core.db, actor, options: {} }, page.rows, () => document),
          );
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

/** Null when nothing can match. */
async function groupOf(
  core: Core,
  actor: Actor,
  document: BlueprintDocument,
  { query, q }: { readonly query?: object; readonly q?: string },
): Promise<SearchGroup | null> {
  const rules = query === undefined ? null : await resolveContexts(core.db, actor, parseSearchRules(query, 'query'));
  const [group] = planSearch(rules, [document], await searchSetting(core, actor));
  if (group === undefined) return null;
  return q === undefined ? group : withWords(group, actor.orgId, q);
}

function tableSort(document: BlueprintDocument, sort: Static<typeof RowsBody>['sort']): TableSort {
  const input = sort ?? { property: '$identifier' };
  if ('property' in input) return { by: sortOrder(document, input).by };
  return { scorecard: input.scorecard, levels: input.levels, order: input.order ?? 'asc' };
}
