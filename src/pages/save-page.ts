import { authorize, permissions as words } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { checkVersion } from '#catalog/check-version.ts';
import { parseSearchRules } from '#catalog/rules/parse-rules.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { identifierTaken, missingPermission, notFound, problem } from '#platform/problem.ts';
import type { PageBody, PagePatch, PageReplacement, PageType } from './contract.ts';
import type { Page } from './page.ts';
import { pageEvent } from './page-events.ts';
import { firstPermissions, mayUpdate } from './page-permissions.ts';
import { findOwnPage, isOwn, isReserved } from './find-own-page.ts';
import { findPage, unknownPage } from './page-queries.ts';
import { countPages, deletePageRow, insertPage, lockPage, updatePage } from './page-store.ts';
import { checkPlace, heirs, type Place, type SidebarItem, untied } from './sidebar-rules.ts';
import { deleteItem, insertItem, lockSidebar, updateItem } from './sidebar-store.ts';
import { checkWidgets } from './widget-rules.ts';

const pageLimit = 2_000;
/** Of the page, but kept beside its document, or said by the server. */
const ownKeys: ReadonlySet<string> = new Set(
  'identifier type blueprint parent after permissions version id createdAt createdBy updatedAt updatedBy'.split(' '),
);

/** Nothing is stored of what is null: a client that clears a field reads back a page without it. */
function documentOf(body: JsonObject): JsonObject {
  const kept = Object.entries(body).filter(([key, value]) => !ownKeys.has(key) && value !== null);
  return Object.fromEntries(kept);
}

function checkContents(widgets: readonly unknown[], document: JsonObject): void {
  checkWidgets(widgets, document);
  const filters = (document['pageFilters'] ?? []) as readonly JsonObject[];
  for (const [index, { query }] of filters.entries()) parseSearchRules(query, `pageFilters[${index}].query`);
}

/** Keeps the blueprint that was named as it is, before anything else is locked; whether there is one is told later. */
async function holdBlueprint(ctx: WriteContext, blueprints: Blueprints, given: unknown): Promise<boolean> {
  return typeof given === 'string' && (await blueprints.hold(ctx.db, ctx.actor.orgId, [given])).has(given);
}

/** The blueprint that a page lists the entities of, or otherwise is about. */
function blueprintOf(type: PageType, given: unknown, isKnown: boolean): string | null {
  if (typeof given === 'string' && given !== '') {
    if (!isKnown) throw notFound('blueprint', given);
    return given;
  }
  if (type !== 'blueprint-entities') return null;
  const errors = [{ path: 'blueprint', message: 'is needed for a page of entities' }];
  throw problem('invalid', 'invalid_request', '"blueprint" is needed for a page of entities.', { errors });
}

export async function placeNew(
  ctx: WriteContext,
  item: Pick<SidebarItem, 'identifier' | 'kind' | 'title'> & Place,
): Promise<SidebarItem> {
  const items = await lockSidebar(ctx);
  const { identifier } = item;
  if (items.some((one) => one.identifier === identifier)) {
    throw pageTaken(identifier);
  }
  checkPlace(items, identifier, item);
  return insertItem(ctx, item);
}

function pageTaken(identifier: string): Error {
  return identifierTaken(`A page or folder with identifier "${identifier}" exists already.`, {
    resource: 'page',
    byField: 'identifier',
    withValue: identifier,
  });
}

/** Puts an item where it asks to stand. */
export async function placeAnew(
  ctx: WriteContext,
  items: readonly SidebarItem[],
  before: SidebarItem,
  place: Place,
): Promise<void> {
  if (before.parent === place.parent && before.after === place.after) return;
  checkPlace(items, before.identifier, place);
  if (before.parent !== place.parent) for (const heir of heirs(items, before)) await updateItem(ctx, heir);
  else if (place.after !== null) {
    const link = untied(items, before, place.after);
    if (link !== null) await updateItem(ctx, link);
  }
  await updateItem(ctx, { ...before, ...place });
}

/** POST. */
export function createPage(blueprints: Blueprints): Command<PageBody, Page> {
  return async function createPageCommand(ctx, body) {
    authorize(ctx.actor, 'page.write');
    const { identifier, type, parent = null, after = null } = body;
    if (type === 'entity' || type === 'home') {
      const reason = type === 'entity' ? 'Entity pages cannot be created' : 'Home pages cannot be created';
      throw problem('invalid', 'invalid_request', `${reason}: they are there by themselves.`, {
        errors: [{ path: 'type', message: 'must be "dashboard" or "blueprint-entities"' }],
      });
    }
    await refuseReserved(ctx, identifier);
    const document = documentOf(body);
    checkContents(body.widgets ?? [], document);
    const blueprint = blueprintOf(type, body.blueprint, await holdBlueprint(ctx, blueprints, body.blueprint));
    await placeNew(ctx, { identifier, kind: 'page', title: null, parent, after });
    if ((await countPages(ctx)) >= pageLimit) {
      throw problem('limited', 'too_many_pages', `An organisation has up to ${pageLimit} pages. Delete one first.`);
    }
    await insertPage(ctx, { identifier, type, blueprint, document }, firstPermissions);
    return announce(ctx, null, identifier);
  };
}

async function refuseReserved(ctx: WriteContext, identifier: string): Promise<void> {
  if (isReserved(identifier)) {
    throw problem('invalid', 'invalid_request', 'Identifiers that begin with "$" belong to the system.', {
      errors: [{ path: 'identifier', message: 'must not begin with "$"' }],
    });
  }
  if ((await findOwnPage(ctx.db, ctx.actor.orgId, identifier)) !== null) throw pageTaken(identifier);
}

interface SavePageInput {
  readonly identifier: string;
  readonly expectedVersion: number | null;
}

interface Change<Body> extends SavePageInput {
  readonly body: Body;
}

/** PUT. */
export function replacePage(blueprints: Blueprints): Command<Change<PageReplacement>, Page> {
  return maybeSilent(async function replacePageCommand(ctx: WriteContext, input: Change<PageReplacement>) {
    const isKnown = await holdBlueprint(ctx, blueprints, input.body.blueprint);
    return savePage(ctx, await loadPage(ctx, input), input.body, isKnown);
  });
}

/** PATCH: what is not given stays, null takes away. */
export function patchPage(blueprints: Blueprints): Command<Change<PagePatch>, Page> {
  return maybeSilent(async function patchPageCommand(ctx: WriteContext, input: Change<PagePatch>) {
    const isKnown = await holdBlueprint(ctx, blueprints, input.body.blueprint);
    const before = await loadPage(ctx, input);
    const { type, blueprint, parent, after, document } = before;
    const leaves = input.body.parent !== undefined && input.body.parent !== parent;
    const kept = { type, blueprint, parent, after: leaves ? null : after, ...(document as Partial<PageReplacement>) };
    return savePage(ctx, before, { ...kept, ...input.body }, isKnown);
  });
}

/** The page to change, locked, once it is known that the caller may. */
export async function loadPage(ctx: WriteContext, { identifier, expectedVersion }: SavePageInput): Promise<Page> {
  await lockSidebar(ctx);
  const page = await lockPage(ctx, identifier);
  if (page === null) {
    // Who may not change pages does not learn which ones there are.
    authorize(ctx.actor, 'page.write');
    throw unknownPage(identifier);
  }
  if (!mayUpdate(ctx.actor, page.permissions)) throw missingPermission(words['page.write']);
  checkVersion('page', page.version, expectedVersion);
  return page;
}

function checkStays({ identifier, type }: Page, body: PageReplacement): void {
  if (body.identifier !== undefined && body.identifier !== identifier) {
    throw problem('invalid', 'invalid_request', `The identifier of page "${identifier}" cannot be changed.`, {
      errors: [{ path: 'identifier', message: 'cannot be changed' }],
    });
  }
  if (body.type === type) return;
  throw problem('invalid', 'invalid_request', `The type of page "${identifier}" cannot be changed.`, {
    errors: [{ path: 'type', message: `must stay "${type}"` }],
  });
}

async function savePage(ctx: WriteContext, before: Page, body: PageReplacement, isKnown: boolean): Promise<Page> {
  const { identifier } = before;
  checkStays(before, body);
  const document = documentOf(body);
  checkContents(body.widgets ?? [], document);
  // A blueprint that went away meanwhile is no reason to refuse the rest.
  const blueprint = isOwn(before)
    ? before.blueprint
    : blueprintOf(before.type, body.blueprint, isKnown || body.blueprint === before.blueprint);
  // Pages that are there by themselves stand in no sidebar.
  const place = isOwn(before) ? before : { parent: body.parent ?? null, after: body.after ?? null };
  const isMoved = place.parent !== before.parent || place.after !== before.after;
  if (isMoved) {
    authorize(ctx.actor, 'page.write');
    const items = await lockSidebar(ctx);
    const item = items.find((one) => one.identifier === identifier);
    if (item !== undefined) await placeAnew(ctx, items, item, place);
  }
  const isSame = blueprint === before.blueprint && jsonEqual(document, before.document);
  if (isSame && !isMoved) return before;
  await updatePage(ctx, before, { type: before.type, blueprint, document });
  return announce(ctx, before, identifier);
}

export function deletePage(): Command<SavePageInput, void> {
  return async function deletePageCommand(ctx, input) {
    authorize(ctx.actor, 'page.write');
    const page = await loadPage(ctx, input);
    if (page.version === 0) {
      throw problem('invalid', 'page_is_by_itself', `Page "${input.identifier}" is there by itself, as it is now.`);
    }
    await removePage(ctx, page);
  };
}

export async function removePage(ctx: WriteContext, page: Page): Promise<void> {
  const items = await lockSidebar(ctx);
  const item = items.find((one) => one.identifier === page.identifier);
  await deletePageRow(ctx, page.identifier);
  if (item !== undefined) for (const heir of heirs(items, item)) await updateItem(ctx, heir);
  await deleteItem(ctx, page.identifier);
  ctx.emit(pageEvent(page.identifier, { before: page, after: null }));
}

/** The page as it is now, told to whoever follows the log. */
export async function announce(ctx: WriteContext, before: Page | null, identifier: string): Promise<Page> {
  const after = await findPage(ctx.db, ctx.actor, identifier);
  if (after === null) throw unknownPage(identifier);
  ctx.emit(pageEvent(identifier, { before, after }));
  return after;
}
