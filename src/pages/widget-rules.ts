import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { widgetLimit } from './contract.ts';
import type { Widget } from './page.ts';

/** Everything Port's clients put on pages; what is not drawn here is kept and says so in its place. */
const widgetTypes: ReadonlySet<string> = new Set(
  `dashboard-widget grouper
  entities-number-chart entities-pie-chart bar-chart line-chart
  table-entities-explorer table-entities-explorer-by-direction graph-entities-explorer
  markdown iframe-widget links-widget action-card-widget action-runs-table-widget
  entity-details entity-info entity-card run-info user-info team-info
  table-audit-log runs-table workflow-runs-history-table users-table teams-table ai-agent
  my-entities recently-viewed-entities recently-used-actions`.split(/\s+/),
);

const depthLimit = 4;
/** Characters of all that a page holds. */
const sizeLimit = 400_000;
const textLimit = 200;

interface Fault {
  readonly path: string;
  readonly message: string;
}

type Check = (widget: Widget) => Fault | null;

const isShortText = (value: unknown): boolean => typeof value === 'string' && value.length <= textLimit;

const text: (key: string) => Check = (key) => (widget) =>
  widget[key] !== '' && isShortText(widget[key])
    ? null
    : { path: key, message: `must be a text of up to ${textLimit} characters` };

function eachOf(key: string, check: (item: JsonObject) => Fault | null): Check {
  return (widget) => {
    const items = widget[key];
    if (!Array.isArray(items) || items.length > 50) return { path: key, message: 'must be a list of up to 50' };
    for (const [index, item] of items.entries()) {
      const path = `${key}[${index}]`;
      if (!isJsonObject(item)) return { path, message: 'must be an object' };
      const fault = check(item);
      if (fault !== null) return { path: `${path}.${fault.path}`, message: fault.message };
    }
    return null;
  };
}

/** The address of a link: to the web, to a mailbox, or within the portal. */
const linkAddress = /^(https?:\/\/|mailto:|\/(?!\/))/i;

/** One that always shows the same entity says which; one of the page says nothing. */
const oneEntity: Check = (widget) => {
  const { entity } = widget;
  if (entity === undefined || entity === null) return null;
  if (entity === '') return { path: 'entity', message: 'has to be chosen' };
  return text('entity')(widget) ?? text('blueprint')(widget);
};

const checks: Readonly<Record<string, readonly Check[]>> = {
  'entities-pie-chart': [text('property')],
  'bar-chart': [text('property')],
  'line-chart': [text('blueprint'), text('chartType')],
  'action-card-widget': [eachOf('actions', (item) => text('action')(item as Widget))],
  'action-runs-table-widget': [text('action')],
  'entity-card': [oneEntity],
  'entity-details': [oneEntity],
  'entity-info': [oneEntity],
  'user-info': [oneEntity],
  'team-info': [oneEntity],
  'graph-entities-explorer': [oneEntity],
  'table-entities-explorer-by-direction': [oneEntity],
  'links-widget': [
    eachOf('links', (item) => {
      const missing = text('title')(item as Widget);
      if (missing !== null) return missing;
      const { url } = item;
      const isLink = typeof url === 'string' && url.length <= 2_000 && linkAddress.test(url);
      return isLink ? null : { path: 'url', message: 'must be an address that begins with https://, http:// or /' };
    }),
  ],
  'iframe-widget': [
    ({ url }) =>
      typeof url === 'string' && url.length <= 2_000 && /^https:\/\/[^/\s]/i.test(url)
        ? null
        : { path: 'url', message: 'must be an address that begins with https://' },
  ],
  markdown: [
    (widget) => {
      if (widget['source'] === 'property') {
        const key = ['blueprintIdentifier', 'entityIdentifier', 'propertyIdentifier'].find(
          (name) => text(name)(widget) !== null,
        );
        return key === undefined ? null : text(key)(widget);
      }
      return typeof widget['markdown'] === 'string' ? null : { path: 'markdown', message: 'must be a text' };
    },
  ],
  'dashboard-widget': [
    eachOf('layout', ({ height, columns }) => {
      if (typeof height !== 'number') return { path: 'height', message: 'must be a number' };
      return eachOf('columns', ({ id, size }) => {
        if (typeof id !== 'string') return { path: 'id', message: 'must be the id of a widget' };
        const fits = typeof size === 'number' && size >= 1 && size <= 12;
        return fits ? null : { path: 'size', message: 'must be a number from 1 to 12' };
      })({ type: 'row', columns });
    }),
  ],
};

/** The lists of widgets that a widget holds, with where they stand in it. */
export function inner(widget: JsonObject): readonly (readonly [string, unknown])[] {
  const groups = Array.isArray(widget['groups']) ? (widget['groups'] as unknown[]) : [];
  return [
    ...('widgets' in widget ? [['widgets', widget['widgets']] as const] : []),
    ...groups.flatMap((group, index) =>
      isJsonObject(group) && 'widgets' in group ? [[`groups[${index}].widgets`, group['widgets']] as const] : [],
    ),
  ];
}

/** Refuses widgets that could not be shown, naming the first mistake. */
export function checkWidgets(widgets: readonly unknown[], document: JsonObject): void {
  if (JSON.stringify(document).length > sizeLimit) {
    throw refused('widgets', `is more than a page holds (${sizeLimit} characters)`);
  }
  const ids = new Set<string>();
  let count = 0;
  const visit = (list: unknown, path: string, depth: number): void => {
    if (!Array.isArray(list)) throw refused(path, 'must be a list');
    if (depth > depthLimit) throw refused(path, `is more than ${depthLimit} levels deep`);
    for (const [index, widget] of (list as readonly unknown[]).entries()) {
      const place = `${path}[${index}]`;
      count += 1;
      if (count > widgetLimit) throw refused(place, `is one more than the ${widgetLimit} widgets a page may hold`);
      if (!isJsonObject(widget)) throw refused(place, 'must be an object');
      checkWidget(widget, place, ids);
      for (const [key, nested] of inner(widget)) visit(nested, `${place}.${key}`, depth + 1);
    }
  };
  visit(widgets, 'widgets', 1);
}

function checkWidget(widget: JsonObject, place: string, ids: Set<string>): void {
  const { type, id, title } = widget;
  if (typeof type !== 'string' || !widgetTypes.has(type)) {
    throw refused(`${place}.type`, `must be a kind of widget: ${[...widgetTypes].join(', ')}`);
  }
  if (id !== undefined) checkId(id, `${place}.id`, ids);
  if (!isShortText(title ?? '')) throw refused(`${place}.title`, `must be a text of up to ${textLimit} characters`);
  for (const check of checks[type] ?? []) {
    const fault = check(widget as Widget);
    if (fault !== null) throw refused(`${place}.${fault.path}`, fault.message);
  }
}

function checkId(id: unknown, path: string, ids: Set<string>): void {
  if (typeof id !== 'string' || id === '' || id.length > 100) {
    throw refused(path, 'must be a text of up to 100 characters');
  }
  if (ids.has(id)) throw refused(path, `is the id of another widget of this page ("${id}")`);
  ids.add(id);
}

function refused(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}

/** Every widget of a page, also those within others. */
export function allWidgets(widgets: readonly unknown[]): readonly Widget[] {
  return widgets.flatMap((widget): readonly Widget[] => {
    if (!isJsonObject(widget)) return [];
    const nested = inner(widget).flatMap(([, list]) => (Array.isArray(list) ? allWidgets(list) : []));
    return [widget as Widget, ...nested];
  });
}

/** The widgets with one of them changed, or left out where `change` gives null; null when none has that id. */
export function withWidget(
  widgets: readonly unknown[],
  id: string,
  change: (widget: Widget) => Widget | null,
): readonly unknown[] | null {
  let isFound = false;
  const visit = (list: readonly unknown[]): readonly unknown[] =>
    list.flatMap((widget): readonly unknown[] => {
      if (!isJsonObject(widget)) return [widget];
      if (widget['id'] !== id) return [within(widget)];
      isFound = true;
      const changed = change(widget as Widget);
      return changed === null ? [] : [changed];
    });
  const within = (widget: JsonObject): JsonObject => {
    const { widgets: nested, groups } = widget;
    return {
      ...widget,
      ...(Array.isArray(nested) ? { widgets: visit(nested) } : {}),
      ...(Array.isArray(groups)
        ? { groups: groups.map((group: unknown) => (isJsonObject(group) ? within(group) : group)) }
        : {}),
    };
  };
  const changed = visit(widgets);
  return isFound ? changed : null;
}
