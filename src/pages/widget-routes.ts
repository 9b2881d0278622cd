import { authorize } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Core } from '#platform/core.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { PagePath, WidgetPatch, WidgetPath } from './contract.ts';
import { fixPage } from './fix-page.ts';
import { getPage } from './page-queries.ts';
import { deleteWidget, patchWidget } from './save-widget.ts';
import { validatePage } from './validate-page.ts';

const tag = 'Pages';
const one = '/v1/pages/:page/widgets/:widget';

export function widgetRoutes({ db }: Core, blueprints: Blueprints): readonly Route[] {
  const commands = { patch: patchWidget(), delete: deleteWidget(), fix: fixPage() };
  return [
    route({
      method: 'PATCH',
      path: one,
      summary: 'Change parts of a widget',
      tag,
      access: 'known',
      request: { params: WidgetPath, body: WidgetPatch },
      async handle({ params, body, expectedVersion, execute }) {
        const page = await execute(commands.patch, { ...params, body, expectedVersion });
        return ok({ identifier: params.widget }, etag(page.version));
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Take a widget off a page',
      tag,
      access: 'known',
      request: { params: WidgetPath },
      async handle({ params, expectedVersion, execute }) {
        const page = await execute(commands.delete, { ...params, expectedVersion });
        return ok({ identifier: params.widget }, etag(page.version));
      },
    }),
    route({
      method: 'GET',
      path: '/v1/pages/:page/validate',
      summary: 'What on a page names something that is not there',
      tag,
      access: 'known',
      request: { params: PagePath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const page = await getPage(db, actor, params.page);
        const all = await blueprints.all(db, actor.orgId);
        const errors = validatePage(
          page,
          all.map(({ document }) => document),
        );
        return ok({ valid: errors.length === 0, errors });
      },
    }),
    route({
      method: 'POST',
      path: '/v1/pages/:page/fix',
      summary: 'Bring the layout of a page in line with its widgets',
      tag,
      access: 'known',
      request: { params: PagePath },
      async handle({ params, expectedVersion, execute }) {
        return ok(await execute(commands.fix, { identifier: params.page, expectedVersion }));
      },
    }),
  ];
}
