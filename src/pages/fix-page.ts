import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { isJsonObject } from '#platform/json.ts';
import { type Widget, widgetsOf } from './page.ts';
import { updatePage } from './page-store.ts';
import { announce, loadPage } from './save-page.ts';
import { heldIds, type PageFault, rowsOf, validatePage } from './validate-page.ts';

const newRowHeight = 400;

/** Rows without places for what is not there, and a row of its own for each widget that has none. */
function fixed(widget: Widget): Widget {
  const { widgets } = widget;
  const inside = Array.isArray(widgets)
    ? { ...widget, widgets: widgets.map((one: unknown) => (isJsonObject(one) ? fixed(one as Widget) : one)) }
    : widget;
  if (widget.type !== 'dashboard-widget') return inside;
  const held = heldIds(widget);
  const rows = rowsOf(widget)
    .map((row) => ({ ...row, columns: row.columns.filter((column) => held.includes(column.id)) }))
    .filter((row) => row.columns.length > 0);
  const placed = new Set(rows.flatMap((row) => row.columns.map((column) => column.id)));
  const missing = held
    .filter((id) => !placed.has(id))
    .map((id) => ({ height: newRowHeight, columns: [{ id, size: 12 }] }));
  return { ...inside, layout: [...rows, ...missing] };
}

interface FixInput {
  readonly identifier: string;
  readonly expectedVersion: number | null;
}

/** Repairs what needs no decision: places in layouts. Answers with the faults that are gone. */
export function fixPage(): Command<FixInput, { readonly fixedErrors: readonly PageFault[] }> {
  return maybeSilent(async function fixPageCommand(ctx: WriteContext, input: FixInput) {
    const before = await loadPage(ctx, input);
    const fixedErrors = validatePage(before, []).filter((fault) => fault.path === 'layout');
    if (fixedErrors.length === 0) return { fixedErrors };
    const document = { ...before.document, widgets: widgetsOf(before).map(fixed) };
    await updatePage(ctx, before, { ...before, document });
    await announce(ctx, before, input.identifier);
    return { fixedErrors };
  });
}
