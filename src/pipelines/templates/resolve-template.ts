import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { serverKeys } from '../document-rules.ts';
import type { FieldProblem } from '../stages/stage-kind.ts';
import { madeKeys, type TemplateDocument, type TemplatedConfig } from './template.ts';
import { readValues } from './template-rules.ts';

interface GivenStage extends Readonly<Record<string, unknown>> {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
}

/** The pipeline that a template makes of what its author says. Refuses, telling everything that does not fit. */
export function resolveTemplate(template: TemplateDocument, config: TemplatedConfig): TemplatedConfig {
  const { values, problems } = readValues(template.variables, config['variables']);
  refuse(problems);
  const made = substituted(template.pipeline, values) as Readonly<Record<string, unknown>>;
  const stages = injected(template, stagesOf(made['stages']), stagesOf(config['stages']));
  const rest = Object.entries(config).filter(([key]) => !madeKeys.has(key));
  const excluded = new Set(Array.isArray(config['exclude']) ? (config['exclude'] as unknown[]) : []);
  const inherited = (key: string, exclusion: string): readonly unknown[] =>
    excluded.has(exclusion) ? [] : listOf(made[key]);
  return {
    ...Object.fromEntries(Object.entries(made).filter(([key]) => !madeKeys.has(key) && !ownKeys.has(key))),
    ...Object.fromEntries(rest),
    application: config.application,
    name: config.name,
    templateValues: values,
    templatedFrom: Object.fromEntries(Object.entries(config).filter(([key]) => !serverKeys.has(key))),
    stages,
    parameterConfig: overridden(inherited('parameterConfig', 'parameters'), listOf(config['parameterConfig']), 'name'),
    triggers: overridden(inherited('triggers', 'triggers').map(namedTrigger), listOf(config['triggers']), 'id'),
    notifications: [...inherited('notifications', 'notifications'), ...listOf(config['notifications'])],
  };
}

/** Made again, a trigger of the template is the one that it was. */
function namedTrigger(trigger: unknown, at: number): unknown {
  return isJsonObject(trigger) && trigger['id'] === undefined ? { ...trigger, id: `template-${at + 1}` } : trigger;
}

/** What a pipeline says of itself, whatever its template says. */
const ownKeys: ReadonlySet<string> = new Set(['application', 'name', 'id', 'type', 'schema', 'template', 'variables']);

function refuse(problems: readonly FieldProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw problem('invalid', 'template_not_filled', first.message, { field: first.field, problems });
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? (given as unknown[]) : [];
}

function overridden(inherited: readonly unknown[], own: readonly unknown[], key: string): readonly unknown[] {
  const names = new Set(own.map((each) => (isJsonObject(each) ? each[key] : undefined)));
  return [
    ...inherited.filter((each) => !isJsonObject(each) || each[key] === undefined || !names.has(each[key])),
    ...own,
  ];
}

const variable = String.raw`\.?templateVariables((?:\.[A-Za-z_]\w*|\[(?:'[^']*'|"[^"]*"|\d+)\])+)`;
const whole = new RegExp(String.raw`^\s*(?:\$\{\s*${variable}\s*\}|\{\{\s*${variable}\s*\}\})\s*$`);
const within = new RegExp(String.raw`\$\{\s*${variable}\s*\}|\{\{\s*${variable}\s*\}\}`, 'g');

/** A text that is one variable becomes its value, whatever that is; longer expressions are evaluated at run time. */
function substituted(value: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const alone = whole.exec(value);
    if (alone !== null) return valueOf(values, alone[1] ?? alone[2] ?? '') ?? value;
    return value.replaceAll(within, (text, first: string | undefined, second: string | undefined) => {
      const found = valueOf(values, first ?? second ?? '');
      return found === undefined ? text : typeof found === 'string' ? found : JSON.stringify(found);
    });
  }
  if (Array.isArray(value)) return (value as unknown[]).map((item) => substituted(item, values));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, values)]));
}

function valueOf(values: Readonly<Record<string, unknown>>, path: string): unknown {
  let found: unknown = values;
  for (const [, name, single, double, index] of path.matchAll(
    /\.([A-Za-z_]\w*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g,
  )) {
    if (index !== undefined) found = Array.isArray(found) ? (found as unknown[])[Number(index)] : undefined;
    else {
      const key = name ?? single ?? double ?? '';
      found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    }
  }
  return found;
}

function stagesOf(given: unknown): readonly GivenStage[] {
  return listOf(given).flatMap((each, at) => {
    if (!isJsonObject(each)) return [];
    const own = each['refId'];
    const refId = typeof own === 'string' || typeof own === 'number' ? String(own) : `added${at + 1}`;
    return [{ ...each, refId, requisiteStageRefIds: listOf(each['requisiteStageRefIds']).map(String) }];
  });
}

/** The template's stages with the author's put in where they say. */
function injected(
  { protect = false, id }: TemplateDocument,
  made: readonly GivenStage[],
  own: readonly GivenStage[],
): readonly Readonly<Record<string, unknown>>[] {
  if (protect && own.length > 0) {
    refuse([{ field: 'stages', message: `Template "${id}" is protected: nothing is added to its stages.` }]);
  }
  let stages = [...made];
  const problems: FieldProblem[] = [];
  for (const [at, { inject, ...stage }] of own.entries()) {
    const place = isJsonObject(inject) ? inject : {};
    const around = [...listOf(place['before']), ...listOf(place['after'])].map(String);
    const unknown = around.find((ref) => !stages.some(({ refId }) => refId === ref));
    if (unknown !== undefined) {
      problems.push({ field: `stages[${at}].inject`, message: `There is no stage ${unknown} to put it beside.` });
    } else stages = placed(stages, stage as GivenStage, place);
  }
  refuse(problems);
  return stages;
}

function placed(
  stages: readonly GivenStage[],
  stage: GivenStage,
  place: Readonly<Record<string, unknown>>,
): GivenStage[] {
  const { refId } = stage;
  if (place['first'] === true) {
    const begins = stages.map((each) =>
      each.requisiteStageRefIds.length === 0 ? { ...each, requisiteStageRefIds: [refId] } : each,
    );
    return [{ ...stage, requisiteStageRefIds: [] }, ...begins];
  }
  if (place['last'] === true) {
    const needed = new Set(stages.flatMap((each) => each.requisiteStageRefIds));
    const ends = stages.filter((each) => !needed.has(each.refId)).map((each) => each.refId);
    return [...stages, { ...stage, requisiteStageRefIds: ends }];
  }
  const before = new Set(listOf(place['before']).map(String));
  if (before.size > 0) {
    const came = stages.filter((each) => before.has(each.refId)).flatMap((each) => each.requisiteStageRefIds);
    const rest = stages.map((each) => (before.has(each.refId) ? { ...each, requisiteStageRefIds: [refId] } : each));
    return [...rest, { ...stage, requisiteStageRefIds: [...new Set(came)] }];
  }
  const after = new Set(listOf(place['after']).map(String));
  if (after.size === 0) return [...stages, stage];
  const rest = stages.map((each) => {
    const kept = each.requisiteStageRefIds.filter((ref) => !after.has(ref));
    return kept.length === each.requisiteStageRefIds.length
      ? each
      : { ...each, requisiteStageRefIds: [...kept, refId] };
  });
  return [...rest, { ...stage, requisiteStageRefIds: [...after] }];
}
