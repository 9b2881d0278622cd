import Type from 'typebox';
import { authorize, may } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { changePagePermissions } from './change-page-permissions.ts';
import { PageBody, PagePatch, PagePath, PageReplacement, PermissionsBody } from './contract.ts';
import { type Page, toWirePage } from './page.ts';
import { mayUpdate } from './page-permissions.ts';
import { getPage, listPages } from './page-queries.ts';
import { createPage, deletePage, patchPage, replacePage } from './save-page.ts';

const tag = 'Pages';
const one = '/v1/pages/:page';
const Listing = Type.Object({ compact: Type.Optional(Type.Boolean()) });

/** Only who arranges pages learns what stands before what. */
function wire(page: Page, actor: Actor, options: { readonly compact?: boolean } = {}): object {
  const { after, ...rest } = toWirePage(page, options);
  return after === undefined || !may(actor, 'page.write') ? rest : { ...rest, after };
}

function shown(page: Page, actor: Actor): [object, Readonly<Record<string, string>>] {
  return [{ identifier: page.identifier, page: wire(page, actor) }, etag(page.version)];
}

export function pageRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  return [...reads(core), ...writes(blueprints), ...permissionRoutes(core)];
}

function reads({ db }: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/pages',
      summary: 'List the pages that the caller may read',
      tag,
      access: 'known',
      request: { query: Listing },
      async handle({ actor, query }) {
        authorize(actor, 'catalog.read');
        const pages = await listPages(db, actor);
        return ok({ pages: pages.map((page) => wire(page, actor, { compact: query.compact === true })) });
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'Read a page',
      tag,
      access: 'known',
      request: { params: PagePath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const page = await getPage(db, actor, params.page);
        const [body, headers] = shown(page, actor);
        return ok({ ...body, mayUpdate: mayUpdate(actor, page.permissions) }, headers);
      },
    }),
  ];
}

function writes(blueprints: Blueprints): readonly Route[] {
  const commands = {
    create: createPage(blueprints),
    replace: replacePage(blueprints),
    patch: patchPage(blueprints),
    delete: deletePage(),
  };
  return [
    route({
      method: 'POST',
      path: '/v1/pages',
      summary: 'Create a page',
      tag,
      access: 'known',
      request: { body: PageBody },
      async handle({ actor, body, execute }) {
        return ok(...shown(await execute(commands.create, body), actor));
      },
    }),
    route({
      method: 'PUT',
      path: one,
      summary: 'Replace a page',
      tag,
      access: 'known',
      request: { params: PagePath, body: PageReplacement },
      async handle({ actor, params, body, expectedVersion, execute }) {
        const input = { identifier: params.page, body, expectedVersion };
        return ok(...shown(await execute(commands.replace, input), actor));
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Change parts of a page',
      tag,
      access: 'known',
      request: { params: PagePath, body: PagePatch },
      async handle({ actor, params, body, expectedVersion, execute }) {
        const input = { identifier: params.page, body, expectedVersion };
        return ok(...shown(await execute(commands.patch, input), actor));
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Delete a page',
      tag,
      access: 'known',
      request: { params: PagePath },
      async handle({ params, expectedVersion, execute }) {
        await execute(commands.delete, { identifier: params.page, expectedVersion });
        return ok({});
      },
    }),
  ];
}

function permissionRoutes({ db }: Core): readonly Route[] {
  const change = changePagePermissions();
  return [
    route({
      method: 'GET',
      path: `${one}/permissions`,
      summary: 'Who may read and change a page',
      tag,
      access: 'known',
      request: { params: PagePath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        return ok({ permissions: (await getPage(db, actor, params.page)).permissions });
      },
    }),
    route({
      method: 'PATCH',
      path: `${one}/permissions`,
      summary: 'Change who may read and change a page',
      tag,
      access: 'known',
      request: { params: PagePath, body: PermissionsBody },
      async handle({ params, body, execute }) {
        return ok({ permissions: await execute(change, { identifier: params.page, body }) });
      },
    }),
  ];
}
