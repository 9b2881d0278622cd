import { type BlueprintDocument, definitionOf, valueKindOf } from '#catalog/blueprint-document.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { type Page, type Widget, widgetsOf } from './page.ts';
import { allWidgets } from './widget-rules.ts';

export interface PageFault {
  /** Null where it is about the page. */
  readonly widget: string | null;
  readonly path: string;
  readonly message: string;
}

interface Row extends JsonObject {
  readonly height: number;
  readonly columns: readonly { readonly id: string; readonly size: number }[];
}

export const rowsOf = (widget: Widget): readonly Row[] => (widget['layout'] ?? []) as readonly Row[];

/** The ids of the widgets that a dashboard holds directly. */
export function heldIds(dashboard: Widget): readonly string[] {
  const widgets = (dashboard['widgets'] ?? []) as readonly unknown[];
  return widgets.flatMap((one) => (isJsonObject(one) && typeof one['id'] === 'string' ? [one['id']] : []));
}

/** What of a page names something that is not there; such a page can be read and shows it in the widget. */
export function validatePage(page: Page, blueprints: readonly BlueprintDocument[]): readonly PageFault[] {
  const known = new Map(blueprints.map((one) => [one.identifier, one]));
  return allWidgets(widgetsOf(page)).flatMap((widget): PageFault[] => {
    const id = typeof widget['id'] === 'string' ? widget['id'] : null;
    return [...layoutFaults(widget), ...nameFaults(widget, known)].map((fault) => ({ widget: id, ...fault }));
  });
}

type Fault = Omit<PageFault, 'widget'>;

function layoutFaults(widget: Widget): readonly Fault[] {
  if (widget.type !== 'dashboard-widget') return [];
  const held = heldIds(widget);
  const placed = rowsOf(widget).flatMap((row) => row.columns.map((column) => column.id));
  return [
    ...placed
      .filter((id) => !held.includes(id))
      .map((id) => ({ path: 'layout', message: `names "${id}", which is no widget of this dashboard` })),
    ...held
      .filter((id) => !placed.includes(id))
      .map((id) => ({ path: 'layout', message: `has no place for widget "${id}"` })),
  ];
}

const charts: ReadonlySet<string> = new Set(['entities-pie-chart', 'bar-chart']);

function nameFaults(widget: Widget, known: ReadonlyMap<string, BlueprintDocument>): readonly Fault[] {
  const { blueprint: name, property } = widget;
  if (typeof name !== 'string') return [];
  const blueprint = known.get(name);
  if (blueprint === undefined) return [{ path: 'blueprint', message: `"${name}" is no blueprint` }];
  if (!charts.has(widget.type) || typeof property !== 'string' || /^(\$|level:)/.test(property)) return [];
  const isKnown =
    valueKindOf(blueprint, property) !== null || definitionOf(blueprint.relations, property) !== undefined;
  return isKnown
    ? []
    : [{ path: 'property', message: `blueprint "${name}" has no property or relation "${property}"` }];
}
