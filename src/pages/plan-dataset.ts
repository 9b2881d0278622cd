import { type BlueprintDocument, definitionOf, valueKindOf } from '#catalog/blueprint-document.ts';
import { planSearch, type SearchGroup, type SearchSetting } from '#catalog/plan-search.ts';
import { resolveContexts } from '#catalog/resolve-contexts.ts';
import { parseSearchRules } from '#catalog/rules/parse-rules.ts';
import type { RuleGroup, RuleNode } from '#catalog/rules/rule.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, problem, type Problem } from '#platform/problem.ts';
import type { Widget } from './page.ts';

/** What all widgets of a page are computed with. */
export interface DataSetting {
  readonly db: Db;
  readonly actor: Actor;
  readonly search: SearchSetting;
  readonly blueprints: ReadonlyMap<string, BlueprintDocument>;
  /** `blueprint/identifier` of every scorecard. */
  readonly scorecards: ReadonlySet<string>;
  /** Of the page: each narrows the widgets whose blueprint has what it asks about. */
  readonly filters: readonly RuleGroup[];
}

/** A query as Port's widgets write it: a group of rules, or the list of rules alone. */
export async function readDataset(db: Db, actor: Actor, dataset: unknown, path: string): Promise<RuleGroup> {
  const query = Array.isArray(dataset) ? { combinator: 'and', rules: dataset as unknown[] } : dataset;
  const nothing: RuleGroup = { kind: 'group', combinator: 'and', rules: [] };
  if (query === undefined || query === null) return nothing;
  return resolveContexts(db, actor, parseSearchRules(query, path));
}

/** The blueprint that a widget is about: named by itself or by its dataset. */
export function widgetBlueprint({ blueprint, dataset }: Widget): string | null {
  if (typeof blueprint === 'string' && blueprint !== '') return blueprint;
  const rules: unknown = isJsonObject(dataset) ? dataset['rules'] : dataset;
  const named = (Array.isArray(rules) ? (rules as unknown[]) : []).find(
    (rule) => isJsonObject(rule) && rule['property'] === '$blueprint' && rule['operator'] === '=',
  );
  return isJsonObject(named) && typeof named['value'] === 'string' ? named['value'] : null;
}

export function knownBlueprint(setting: DataSetting, widget: Widget): BlueprintDocument {
  const name = widgetBlueprint(widget);
  if (name === null) throw refused('blueprint', 'has to be chosen');
  const found = setting.blueprints.get(name);
  if (found === undefined) throw notFound('blueprint', name);
  return found;
}

/** The entities of a widget, as the reader may see them; of all blueprints where none is named. */
export async function planDataset(setting: DataSetting, widget: Widget): Promise<readonly SearchGroup[]> {
  const { db, actor, search, filters } = setting;
  const dataset = await readDataset(db, actor, widget['dataset'], 'dataset');
  const documents =
    widgetBlueprint(widget) === null ? [...setting.blueprints.values()] : [knownBlueprint(setting, widget)];
  // Blueprints that the same filters are about are asked together.
  const alike = Map.groupBy(documents, (document) =>
    filters.map((filter) => (fits(filter, document, setting.scorecards) ? 1 : 0)).join(''),
  );
  return [...alike].flatMap(([mask, some]) => {
    const rules = [dataset, ...filters.filter((_, index) => mask[index] === '1')];
    return planSearch({ kind: 'group', combinator: 'and', rules }, some, search);
  });
}

/** Whether entities of the blueprint have what the rule asks about. */
function fits(node: RuleNode, document: BlueprintDocument, scorecards: ReadonlySet<string>): boolean {
  if (node.kind === 'group') return node.rules.every((rule) => fits(rule, document, scorecards));
  const { subject } = node;
  const hasRelation = (key: string): boolean => definitionOf(document.relations, key) !== undefined;
  if (subject.kind === 'key') return valueKindOf(document, subject.key) !== null || hasRelation(subject.key);
  if (subject.kind === 'related-title') return hasRelation(subject.relation);
  if (subject.kind === 'level' || subject.kind === 'rule-status') {
    return scorecards.has(`${document.identifier}/${subject.scorecard}`);
  }
  return true;
}

export function refused(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
