import Type, { type Static } from 'typebox';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, type Reply, route, type Route } from '#platform/http/route.ts';
import { Problem } from '#platform/problem.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprint, Blueprints } from './blueprint-queries.ts';
import { BlueprintPath, ReadQuery } from './contract.ts';
import type { EntityRow } from './entity-queries.ts';
import { presentEntities, pagedReply } from './present-entities.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { readOptions } from './read-options.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSentRules } from './rules/refuse-extra-keys.ts';
import type { RuleNode } from './rules/rule.ts';
import { countMatches, searchPage, searchPages } from './search-entities.ts';
import { readCursor, sortOrder, type SortOrder, type SortPosition, writeCursor } from './sort-rules.ts';

const tag = 'Search';
const closed = { additionalProperties: false };
const open = { additionalProperties: true };
const path = '/v1/blueprints/:blueprint/entities/search';
const chunkSize = 1000;
const defaultLimit = 200;

const Query = Type.Object({ combinator: Type.String(), rules: Type.Array(Type.Unknown()) }, closed);
const FieldNames = Type.Optional(Type.Array(Type.String(), { maxItems: 1000 }));
const BlueprintSearch = Type.Object(
  {
    query: Type.Optional(Type.Object({}, open)),
    include: FieldNames,
    exclude: FieldNames,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    from: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 10_000 })),
    /** Not of Port: an order other than that of identifiers. */
    sort: Type.Optional(
      Type.Object(
        {
          property: Type.String({ minLength: 1, maxLength: 200 }),
          order: Type.Optional(Type.Unsafe<'asc' | 'desc'>({ enum: ['asc', 'desc'] })),
        },
        closed,
      ),
    ),
  },
  closed,
);
/** What port-cli and MCP ask beside; grouping is not theirs to use, so it is refused by name rather than ignored. */
const TopSearch = Type.Object(
  {
    ...BlueprintSearch.properties,
    identifiers: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
    countOnly: Type.Optional(Type.Boolean()),
  },
  closed,
);
const Count = Type.Object({ query: Type.Optional(Type.Object({}, open)) }, closed);

export function searchRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [
    searchEverywhere(core, blueprints),
    searchBlueprint(core, blueprints),
    countInBlueprint(core, blueprints),
    searchTop(core, blueprints),
  ];
}

function searchEverywhere(core: Core, blueprints: Blueprints): Route {
  const { db } = core;
  return route({
    method: 'POST',
    path: '/v1/entities/search',
    summary: 'Search the entities of all blueprints',
    tag,
    access: 'known',
    request: { query: ReadQuery, body: Query },
    async handle({ actor, query, body }) {
      const rules = await resolveContexts(db, actor, parseSentRules(body, ''));
      const options = readOptions(query);
      const all = await blueprints.all(db, actor.orgId);
      const documents = new Map(all.map(({ document }) => [document.identifier, document]));
      const groups = planSearch(rules, [...documents.values()], await searchSetting(core, actor));
      const pages = async function* (): AsyncGenerator<Awaited<ReturnType<typeof presentEntities>>> {
        for await (const rows of searchPages(db, groups, chunkSize)) {
          yield presentEntities({ db, actor, options, blueprints }, rows, (name) => documents.get(name));
        }
      };
      const matchingBlueprints = groups.flatMap((group) => group.blueprints).toSorted();
      return pagedReply(pages(), { head: { matchingBlueprints }, tail: { failedBlueprints: [] } });
    },
  });
}

function searchBlueprint(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path,
    summary: 'Search the entities of a blueprint, page by page',
    tag,
    access: 'known',
    request: { params: BlueprintPath, query: ReadQuery, body: BlueprintSearch },
    handle: async ({ actor, params, query, body }) => searchReply(core, blueprints, { actor, params, query, body }),
  });
}

interface SearchRequest {
  readonly actor: Actor;
  readonly params: { readonly blueprint: string };
  readonly query: Static<typeof ReadQuery>;
  readonly body: Static<typeof TopSearch>;
}

/**
 * The page is read by what this process last saw of the blueprint, and says which state holds: where that is another,
 * or the page is empty, or the search is refused, the state is asked for. Most pages take one statement so.
 */
async function searchReply(core: Core, blueprints: Blueprints, request: SearchRequest): Promise<Reply> {
  const { orgId } = request.actor;
  const { blueprint: identifier } = request.params;
  const seen = blueprints.lastSeen(orgId, identifier);
  const found = seen === null ? null : await findPage(core, seen, request).catch(nothingIfRefused);
  if (seen !== null && found?.revision === seen.revision) return pageReply(core, blueprints, request, found);
  const state = await blueprints.get(core.db, orgId, identifier);
  const holds = found !== null && state.revision === seen?.revision;
  return pageReply(core, blueprints, request, holds ? found : await findPage(core, state, request));
}

function nothingIfRefused(error: unknown): null {
  if (error instanceof Problem) return null;
  throw error;
}

interface FoundPage {
  readonly document: BlueprintDocument;
  readonly sort: SortOrder;
  readonly rows: readonly EntityRow[];
  readonly next: SortPosition | null;
  readonly revision: string | null;
  /** Where only that is asked for. */
  readonly count: number | null;
}

async function findPage(core: Core, { document }: Blueprint, request: SearchRequest): Promise<FoundPage> {
  const { db } = core;
  const { actor, body } = request;
  const rules = await rulesOf(db, actor, { query: withIdentifiers(body) });
  const sort = sortOrder(document, body.sort ?? { property: '$identifier' });
  const after = body.from === undefined || body.from === null || body.from === '' ? null : readCursor(sort, body.from);
  const [group] = planSearch(rules, [document], await searchSetting(core, actor));
  const nothing = { document, sort, rows: [], next: null, revision: null, count: null };
  if (body.countOnly === true) return { ...nothing, count: group === undefined ? 0 : await countMatches(db, group) };
  if (group === undefined) return nothing;
  const limit = body.limit ?? defaultLimit;
  return { ...nothing, ...(await searchPage(db, group, { sort, after, limit })) };
}

async function pageReply(
  { db }: Core,
  blueprints: Blueprints,
  { actor, query, body }: SearchRequest,
  { document, sort, rows, next, count }: FoundPage,
): Promise<Reply> {
  if (count !== null) return ok({ count });
  const options = readOptions({ ...query, ...listsOf(body) });
  const entities = await presentEntities({ db, actor, options, blueprints }, rows, () => document);
  return ok({ entities, ...(next === null ? {} : { next: writeCursor(sort, next) }) });
}

function withIdentifiers({ query, identifiers }: Static<typeof TopSearch>): object | undefined {
  if (identifiers === undefined) return query;
  const named = { property: '$identifier', operator: 'in', value: identifiers };
  return { combinator: 'and', rules: [named, ...(query === undefined ? [] : [query])] };
}

function searchTop(core: Core, blueprints: Blueprints): Route {
  return route({
    method: 'POST',
    path: '/v1/blueprints/:blueprint/entities/top-search',
    summary: 'Search the entities of a blueprint, also by a list of identifiers, or only count them',
    tag,
    access: 'known',
    request: { params: BlueprintPath, query: ReadQuery, body: TopSearch },
    handle: async ({ actor, params, query, body }) => searchReply(core, blueprints, { actor, params, query, body }),
  });
}

/** Lists in the body go before those in the query string. */
function listsOf({ include, exclude }: Static<typeof TopSearch>): {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
} {
  return { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) };
}

function countInBlueprint(core: Core, blueprints: Blueprints): Route {
  const { db } = core;
  return route({
    method: 'POST',
    path: `${path}/count`,
    summary: 'Count the entities of a blueprint that match',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: Count },
    async handle({ actor, params, body }) {
      const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
      const rules = await rulesOf(db, actor, body);
      const [group] = planSearch(rules, [document], await searchSetting(core, actor));
      return ok({ count: group === undefined ? 0 : await countMatches(db, group) });
    },
  });
}

async function rulesOf(
  db: Db,
  actor: Actor,
  { query }: { readonly query?: object | undefined },
): Promise<RuleNode | null> {
  return query === undefined ? null : resolveContexts(db, actor, parseSentRules(query, 'query'));
}
