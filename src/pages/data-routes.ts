import Type, { type Static } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { JsonObject } from '#platform/json.ts';
import { computePage } from './compute-page.ts';
import { isComputed } from './compute-widget.ts';
import { PagePath } from './contract.ts';
import { type Page, type Widget, widgetsOf } from './page.ts';
import { getPage } from './page-queries.ts';
import { allWidgets, checkWidgets } from './widget-rules.ts';

const tag = 'Pages';
const closed = { additionalProperties: false };
const open = Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true }));
const narrowing = {
  /** Queries of the rule language; the page's own filters where none are given. */
  filters: Type.Optional(Type.Array(open, { maxItems: 30 })),
  timeZone: Type.Optional(Type.String({ maxLength: 100 })),
  /** The one that the page is looked at for; templates of the page name it. */
  entity: Type.Optional(
    Type.Object(
      {
        blueprint: Type.String({ minLength: 1, maxLength: 200 }),
        identifier: Type.String({ minLength: 1, maxLength: 1_000 }),
      },
      closed,
    ),
  ),
};
const DataBody = Type.Object(
  { ...narrowing, widgets: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })) },
  closed,
);
const PreviewBody = Type.Object({ ...narrowing, widget: open }, closed);

/** What the widgets of a page show to whoever asks. */
export function dataRoutes(core: Core, blueprints: Blueprints): readonly Route[] {
  const parts = { core, blueprints };
  return [
    route({
      method: 'POST',
      path: '/api/v1/pages/:page/data',
      summary: 'What the widgets of a page show; each with its figures or why it has none',
      tag,
      access: 'known',
      request: { params: PagePath, body: DataBody },
      async handle({ actor, params, body }) {
        authorize(actor, 'catalog.read');
        const page = await getPage(core.db, actor, params.page);
        const widgets = askedWidgets(page, body);
        const { filters = pageFilters(page), timeZone = 'UTC', entity } = body;
        const answers = await computePage(parts, actor, { widgets, filters, timeZone, entity });
        const byId = new Map(widgets.map((one, index) => [one['id'], answers[index]]));
        return ok({ widgets: Object.fromEntries(byId) as object });
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/widget-previews',
      summary: 'What a widget would show',
      tag,
      access: 'known',
      request: { body: PreviewBody },
      async handle({ actor, body }) {
        authorize(actor, 'catalog.read');
        const { widget, filters = [], timeZone = 'UTC', entity } = body;
        checkWidgets([widget], widget);
        const input = { widgets: [widget as Widget], filters, timeZone, entity };
        const [answer] = await computePage(parts, actor, input);
        return ok({ widget: answer });
      },
    }),
  ];
}

function askedWidgets(page: Page, { widgets }: Static<typeof DataBody>): readonly Widget[] {
  return allWidgets(widgetsOf(page)).filter(
    (one) => typeof one['id'] === 'string' && isComputed(one) && (widgets?.includes(one['id']) ?? true),
  );
}

function pageFilters({ document }: Page): readonly unknown[] {
  const filters = (document['pageFilters'] ?? []) as readonly { readonly query?: unknown }[];
  return filters.map((filter) => filter.query);
}
