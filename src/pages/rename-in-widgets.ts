import { type RenamedKey, renamedName, renameInRules } from '#catalog/rules/rename-in-rules.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { Page, Widget } from './page.ts';
import { widgetBlueprint } from './plan-dataset.ts';
import { allWidgets } from './widget-rules.ts';

const names: ReadonlySet<string> = new Set([
  'property',
  'breakdownProperty',
  'measureTimeBy',
  'propertyIdentifier',
  'relatedProperty',
]);
const lists: ReadonlySet<string> = new Set([
  'properties',
  'excludedFields',
  'hiddenQuery',
  'order',
  'hidden',
  'shown',
  'groupBy',
]);

/** A page's document with a renamed key wherever a widget or a filter of that blueprint names it. */
export function renameInPage(
  { blueprint, document }: Pick<Page, 'blueprint' | 'document'>,
  key: RenamedKey,
): JsonObject {
  const { widgets, pageFilters } = document;
  const list = Array.isArray(widgets) ? (widgets as readonly unknown[]) : [];
  const about = new Set(allWidgets(list).flatMap((widget) => blueprintOf(widget) ?? []));
  // A filter of the page narrows all widgets that have what it asks about: of several blueprints, it stays.
  const isAlone = about.size === 0 ? blueprint === key.blueprint : about.size === 1 && about.has(key.blueprint);
  const within = (one: unknown): unknown => renameInHolder(one, key);
  return {
    ...document,
    ...(Array.isArray(widgets) ? { widgets: list.map(within) } : {}),
    ...(isAlone && Array.isArray(pageFilters)
      ? { pageFilters: pageFilters.map((filter: unknown) => renamedFilter(filter, key)) }
      : {}),
  };
}

function blueprintOf(widget: Widget): string | null {
  const { blueprintIdentifier } = widget;
  return typeof blueprintIdentifier === 'string' ? blueprintIdentifier : widgetBlueprint(widget);
}

function renamedFilter(filter: unknown, key: RenamedKey): unknown {
  return isJsonObject(filter) ? { ...filter, query: renameInRules(filter['query'], key) } : filter;
}

/** A widget, or a group of them. */
function renameInHolder(holder: unknown, key: RenamedKey): unknown {
  if (!isJsonObject(holder)) return holder;
  const { widgets, groups, blueprintConfig } = holder;
  const within = (one: unknown): unknown => renameInHolder(one, key);
  const own = blueprintOf(holder as Widget) === key.blueprint ? renamedSettings(holder, key) : holder;
  return {
    ...own,
    ...(Array.isArray(widgets) ? { widgets: widgets.map(within) } : {}),
    ...(Array.isArray(groups) ? { groups: groups.map(within) } : {}),
    ...(isJsonObject(blueprintConfig) ? { blueprintConfig: renamedConfig(blueprintConfig, key) } : {}),
  };
}

/** How a table shows each blueprint. */
function renamedConfig(config: JsonObject, key: RenamedKey): JsonObject {
  const own = Object.hasOwn(config, key.blueprint) ? config[key.blueprint] : undefined;
  if (!isJsonObject(own)) return config;
  const parts = Object.entries(own).map(([part, value]) => [part, renamedPart(part, value, key)] as const);
  return { ...config, [key.blueprint]: renamedSettings(Object.fromEntries(parts), key) };
}

function renamedPart(part: string, value: unknown, key: RenamedKey): unknown {
  if (!isJsonObject(value)) return value;
  const { sortBy, filterBy } = value;
  if (part === 'sortSettings') return Array.isArray(sortBy) ? { ...value, sortBy: renameInRules(sortBy, key) } : value;
  if (part === 'filterSettings') return { ...value, filterBy: renameInRules(filterBy, key) };
  return part === 'groupSettings' || part === 'propertiesSettings' ? renamedSettings(value, key) : value;
}

function renamedSettings(settings: JsonObject, key: RenamedKey): JsonObject {
  const changed = Object.entries(settings).map(([name, value]) => {
    if (names.has(name)) return [name, renamedName(value, key)];
    if (name === 'dataset') return [name, renameInRules(value, key)];
    const isList = lists.has(name) && Array.isArray(value);
    return [name, isList ? value.map((one: unknown) => renamedName(one, key)) : value];
  });
  return Object.fromEntries(changed) as JsonObject;
}
