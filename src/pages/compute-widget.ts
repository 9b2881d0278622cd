import { sql } from 'kysely';
import { aggregateEntities, type Aggregation, type Span } from '#catalog/aggregate-entities.ts';
import {
  aggregateOverTime,
  type Interval,
  intervals,
  type Measure,
  type Series,
} from '#catalog/aggregate-over-time.ts';
import { findEntity } from '#catalog/list-entities.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { WireEntity } from '#catalog/entity-queries.ts';
import { anySearch, type SearchGroup } from '#catalog/plan-search.ts';
import { presentEntities } from '#catalog/present-entities.ts';
import { readPropertyHistory } from '#catalog/read-property-history.ts';
import { readTimeSpan, timePresets } from '#catalog/read-time-span.ts';
import { sortOrder } from '#catalog/sort-rules.ts';
import { countFacets, type FacetValue, readRows } from '#catalog/table-queries.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import type { Widget } from './page.ts';
import { type DataSetting, knownBlueprint, planDataset, refused } from './plan-dataset.ts';

/** An entity of any blueprint, as far as a list shows it. */
export interface NamedEntity {
  readonly blueprint: string;
  readonly identifier: string;
  readonly title: string | null;
  readonly icon: string | null;
  readonly updatedAt: Date;
}

/** What a widget shows. */
export type WidgetData =
  | { readonly kind: 'number'; readonly figure: number | null }
  | {
      readonly kind: 'values';
      readonly blueprint: string;
      readonly total: number;
      readonly values: readonly FacetValue[];
    }
  | { readonly kind: 'series'; readonly series: Series }
  | {
      readonly kind: 'rows';
      readonly blueprint: string;
      readonly count: number;
      readonly entities: readonly WireEntity[];
    }
  | { readonly kind: 'entities'; readonly count: number; readonly entities: readonly NamedEntity[] }
  | { readonly kind: 'text'; readonly text: string };

export interface ComputeSetting extends DataSetting {
  readonly blueprintCache: Blueprints;
  /** Where days and weeks begin. */
  readonly timeZone: string;
}

const shownRows = 50;
const valuesShown = 60;
const spans: readonly Span[] = ['hour', 'day', 'week', 'month', 'total'];
const figures = ['sum', 'min', 'max', 'median'] as const;

type Compute = (setting: ComputeSetting, widget: Widget) => Promise<WidgetData>;

const computations: Readonly<Record<string, Compute>> = {
  'entities-number-chart': number,
  'entities-pie-chart': values,
  'bar-chart': values,
  'line-chart': line,
  'table-entities-explorer': rows,
  'users-table': async (setting, widget) => rows(setting, { ...widget, blueprint: '_user' }),
  'teams-table': async (setting, widget) => rows(setting, { ...widget, blueprint: '_team' }),
  'my-entities': ofMyTeams,
  markdown: text,
};

/** Widgets that show something of the catalog; the others need nothing from the server. */
export function isComputed({ type, source }: Widget): boolean {
  return type === 'markdown' ? source === 'property' : Object.hasOwn(computations, type);
}

/** What the reader may see of what the widget asks for; a Problem says why there is nothing to show. */
export async function computeWidget(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const compute = computations[widget.type];
  if (compute === undefined) throw refused('type', `"${widget.type}" shows nothing of the catalog`);
  return compute(setting, widget);
}

const textOf = (widget: JsonObject, key: string): string | null => {
  const value = widget[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

function needed(widget: JsonObject, key: string): string {
  const value = textOf(widget, key);
  if (value === null) throw refused(key, 'has to be chosen');
  return value;
}

async function number(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const aggregation = aggregationOf(widget);
  const figure = await aggregateEntities(
    setting.db,
    await planDataset(setting, widget),
    aggregation,
    setting.search.now,
  );
  return { kind: 'number', figure: typeof figure === 'number' ? figure : null };
}

function aggregationOf(widget: Widget): Exclude<Aggregation, { func: 'countValues' }> {
  const func = textOf(widget, 'func') ?? 'count';
  if (func === 'count') return { func };
  if (func === 'average') {
    const averageOf = spans.find((span) => span === textOf(widget, 'averageOf')) ?? 'total';
    const property = textOf(widget, 'calculationBy') === 'entities' ? null : textOf(widget, 'property');
    return { func, property, averageOf, measureTimeBy: textOf(widget, 'measureTimeBy') ?? '$createdAt' };
  }
  const known = figures.find((one) => one === func);
  if (known === undefined) throw refused('func', `must be one of count, average, ${figures.join(', ')}`);
  return { func: known, property: needed(widget, 'property') };
}

async function values(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const property = needed(widget, 'property');
  const document = knownBlueprint(setting, widget);
  const { identifier: blueprint } = document;
  const group = together(setting.actor.orgId, await planDataset(setting, widget));
  const { count, facets } = await countFacets(setting.db, group, document, [property]);
  return { kind: 'values', blueprint, total: count, values: (facets[property] ?? []).slice(0, valuesShown) };
}

const together = (orgId: string, groups: readonly SearchGroup[]): SearchGroup => ({
  orgId,
  blueprints: groups.flatMap((group) => group.blueprints),
  condition: anySearch(groups),
});

async function line(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const { db, actor, search } = setting;
  const range = isJsonObject(widget['timeRange']) ? widget['timeRange'] : {};
  const preset = timePresets.find((one) => one === range['preset']) ?? 'lastMonth';
  const usual: Interval = preset.endsWith('Years') ? 'quarter' : 'day';
  const interval = intervals.find((one) => one === widget['timeInterval']) ?? usual;
  const span = readTimeSpan({ preset, timeZone: setting.timeZone }, interval, search.now);
  if (textOf(widget, 'chartType') !== 'propertiesValueHistory') {
    const measure = measureOf(widget);
    const measureTimeBy = textOf(widget, 'measureTimeBy') ?? '$createdAt';
    knownBlueprint(setting, widget);
    const groups = await planDataset(setting, widget);
    return { kind: 'series', series: await aggregateOverTime(db, groups, { measure, measureTimeBy, span }) };
  }
  const { identifier: blueprint } = knownBlueprint(setting, widget);
  const entity = needed(widget, 'entity');
  const { row } = await findEntity({ db, blueprints: setting.blueprintCache }, actor, blueprint, entity);
  if (row === null) throw notFound('entity', entity, { blueprint });
  const history = { orgId: actor.orgId, blueprint, identifier: row.identifier, properties: properties(widget), span };
  return { kind: 'series', series: await readPropertyHistory(db, history) };
}

const measures = ['average', 'sum', 'min', 'max', 'median', 'last'] as const;

function measureOf(widget: Widget): Measure {
  const func = textOf(widget, 'func');
  if (textOf(widget, 'chartType') === 'countEntities') {
    const breakdown = textOf(widget, 'breakdownProperty');
    return { kind: 'count', func: func === 'average' ? 'average' : 'count', breakdown };
  }
  const known = measures.find((one) => one === func) ?? 'average';
  return { kind: 'properties', func: known, properties: properties(widget) };
}

function properties(widget: Widget): readonly string[] {
  const given: unknown = widget['properties'];
  const names = (Array.isArray(given) ? (given as unknown[]) : []).filter((name) => typeof name === 'string');
  if (names.length === 0) throw refused('properties', 'must name at least one');
  return names.slice(0, 20);
}

async function rows(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const { db, actor } = setting;
  const document = knownBlueprint(setting, widget);
  const { identifier: blueprint } = document;
  const group = together(setting.actor.orgId, await planDataset(setting, widget));
  const { count } = await countFacets(db, group, document, []);
  const { by } = sortOrder(document, sortOf(widget, blueprint));
  const found = await readRows(db, group, { by }, { offset: 0, limit: shownRows });
  const entities = await presentEntities({ db, actor, options: {} }, found, () => document);
  return { kind: 'rows', blueprint, count, entities };
}

/** From `blueprintConfig.<blueprint>.sortSettings.sortBy`, as Port's tables keep it. */
function sortOf(
  { blueprintConfig }: Widget,
  blueprint: string,
): { readonly property: string; readonly order: 'asc' | 'desc' } {
  const config = isJsonObject(blueprintConfig) ? blueprintConfig[blueprint] : null;
  const settings = isJsonObject(config) ? config['sortSettings'] : null;
  const sortBy: unknown = isJsonObject(settings) ? settings['sortBy'] : null;
  const first: unknown = Array.isArray(sortBy) ? sortBy[0] : null;
  if (!isJsonObject(first) || typeof first['property'] !== 'string') return { property: '$title', order: 'asc' };
  return { property: first['property'], order: first['order'] === 'desc' ? 'desc' : 'asc' };
}

/** Whatever the reader's teams own, changed last first. People and teams themselves are no such things. */
async function ofMyTeams(setting: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const { actor, db } = setting;
  const teams = actor.kind === 'user' ? actor.teams : [];
  if (teams.length === 0) return { kind: 'entities', count: 0, entities: [] };
  const blueprints = new Map([...setting.blueprints].filter(([name]) => !name.startsWith('_')));
  const rules = [{ property: '$team', operator: 'containsAny', value: teams }];
  const groups = await planDataset({ ...setting, blueprints }, { ...widget, dataset: { combinator: 'and', rules } });
  const found = await sql<NamedEntity & { readonly count: number }>`
    select e.blueprint, e.identifier, e.title, e.icon, e.updated_at as "updatedAt", count(*) over () as count
    from entity e where ${anySearch(groups)}
    order by e.updated_at desc, e.blueprint, e.identifier limit ${shownRows}`.execute(db);
  const entities = found.rows.map(({ blueprint, identifier, title, icon, updatedAt }) => ({
    blueprint,
    identifier,
    title,
    icon,
    updatedAt,
  }));
  return { kind: 'entities', count: found.rows[0]?.count ?? 0, entities };
}

async function text({ db, actor, blueprintCache }: ComputeSetting, widget: Widget): Promise<WidgetData> {
  const blueprint = needed(widget, 'blueprintIdentifier');
  const entity = needed(widget, 'entityIdentifier');
  const { row } = await findEntity({ db, blueprints: blueprintCache }, actor, blueprint, entity);
  if (row === null) throw notFound('entity', entity, { blueprint });
  const value: unknown = (row.properties as JsonObject)[needed(widget, 'propertyIdentifier')];
  return { kind: 'text', text: typeof value === 'string' ? value : '' };
}
