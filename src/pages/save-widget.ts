import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import { type Page, type Widget, widgetsOf } from './page.ts';
import { updatePage } from './page-store.ts';
import { announce, loadPage } from './save-page.ts';
import { checkWidgets, withWidget } from './widget-rules.ts';

interface WidgetInput {
  readonly page: string;
  readonly widget: string;
  readonly expectedVersion: number | null;
}

async function change(
  ctx: WriteContext,
  { page, widget, expectedVersion }: WidgetInput,
  edit: (widget: Widget) => Widget | null,
): Promise<Page> {
  const before = await loadPage(ctx, { identifier: page, expectedVersion });
  const widgets = withWidget(widgetsOf(before), widget, edit);
  if (widgets === null) throw notFound('widget', widget, { page });
  const document = { ...before.document, widgets };
  if (jsonEqual(document, before.document)) return before;
  checkWidgets(widgets, document);
  await updatePage(ctx, before, { ...before, document });
  return announce(ctx, before, page);
}

/** PATCH: keys that are given replace those of the widget, null takes one away. */
export function patchWidget(): Command<WidgetInput & { readonly body: JsonObject }, Page> {
  return maybeSilent(async function patchWidgetCommand(ctx: WriteContext, input) {
    return change(ctx, input, (widget) => {
      const merged = Object.entries({ ...widget, ...input.body, id: widget['id'] });
      return Object.fromEntries(merged.filter(([, value]) => value !== null)) as Widget;
    });
  });
}

export function deleteWidget(): Command<WidgetInput, Page> {
  return async function deleteWidgetCommand(ctx, input) {
    return change(ctx, input, () => null);
  };
}
