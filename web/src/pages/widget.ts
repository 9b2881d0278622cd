import type { Json } from '../api/wire.ts';

export type WidgetObject = { readonly [key: string]: Json };

/** A widget as pages keep it; beside these keys whatever its type has. */
export type Widget = WidgetObject & { readonly type: string };

export type Column = { readonly id: string; readonly size: number };

export type Row = { readonly height: number; readonly columns: readonly Column[] };

/** A widget that arranges others in rows. */
export type Board = Widget & { readonly layout: readonly Row[]; readonly widgets: readonly Widget[] };

export const isObject = (value: unknown): value is WidgetObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (widget: WidgetObject, key: string): string => {
  const value = widget[key];
  return typeof value === 'string' ? value : '';
};

export const listOf = (value: unknown): readonly WidgetObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

export const isBoard = (widget: Widget): widget is Board => widget.type === 'dashboard-widget';

/** The blueprint that a widget is about: named by itself or by a rule of its dataset. */
export function blueprintOf(widget: WidgetObject): string | undefined {
  if (textOf(widget, 'blueprint') !== '') return textOf(widget, 'blueprint');
  const named = rulesOfDataset(widget).find(
    (rule) => rule['property'] === '$blueprint' && rule['operator'] === '=' && typeof rule['value'] === 'string',
  );
  return named === undefined ? undefined : textOf(named, 'value');
}

/** The rules of a dataset in either form. */
export const rulesOfDataset = ({ dataset }: WidgetObject): readonly WidgetObject[] =>
  listOf(isObject(dataset) ? dataset['rules'] : dataset);

/** Every widget, also those within others. */
export function allWidgets(widgets: readonly WidgetObject[]): readonly Widget[] {
  return widgets.flatMap((widget): readonly Widget[] => [
    widget as Widget,
    ...allWidgets(listOf(widget['widgets'])),
    ...listOf(widget['groups']).flatMap((group) => allWidgets(listOf(group['widgets']))),
  ]);
}

/** The blueprints that widgets are about, those of most widgets first. */
export function blueprintsOf(widgets: readonly WidgetObject[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const widget of allWidgets(widgets)) {
    const name = blueprintOf(widget);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted(([, left], [, right]) => right - left).map(([name]) => name);
}

const computed: ReadonlySet<string> = new Set([
  'entities-number-chart',
  'entities-pie-chart',
  'bar-chart',
  'line-chart',
  'table-entities-explorer',
  'users-table',
  'teams-table',
  'my-entities',
]);

/** Whether it shows something of the catalog, which the server has to be asked for. */
export const isComputed = (widget: Widget): boolean =>
  computed.has(widget.type) || (widget.type === 'markdown' && widget['source'] === 'property');
