import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { type Document, emptyPlan, type ImportPlan } from './import-plan.ts';

const lists = ['teams', 'blueprints', 'entities', 'scorecards', 'actions', 'automations', 'pages', 'webhooks'] as const;
type ListName = (typeof lists)[number];
type Lists = Record<ListName, JsonObject[]>;

/** Said by the server of each thing; no route takes them back. */
const bookkeeping = 'id _id _orgId createdAt createdBy updatedAt updatedBy version'.split(' ');
const derived = ['mirrorProperties', 'calculationProperties', 'aggregationProperties'] as const;

/**
 * Reads what was taken out of a Port organisation: one JSON file with lists by name, or a folder of JSON files, each of
 * which holds a list under its name or is an answer of the API as it came.
 */
export async function readPortExport(path: string): Promise<ImportPlan> {
  const found = Object.fromEntries(lists.map((name) => [name, []])) as unknown as Lists;
  const problems: string[] = [];
  for (const [name, file] of await filesOf(path)) takeFile(await readJson(file), name, { found, file, problems });
  return planOf(found, problems);
}

async function filesOf(path: string): Promise<readonly (readonly [name: string, file: string])[]> {
  if (!(await stat(path)).isDirectory()) return [['', path]];
  const names = (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.json')).toSorted();
  return names.map((name) => [(name.split(/[/\\]/)[0] ?? '').replace(/\.json$/, ''), join(path, name)]);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    throw problem('invalid', 'unreadable_export', `${file} is not JSON.`);
  }
}

function takeFile(
  content: unknown,
  name: string,
  to: { readonly found: Lists; readonly file: string; readonly problems: string[] },
): void {
  const named = lists.find((list) => list === name);
  if (Array.isArray(content) && named !== undefined) return takeList(named, content, to);
  if (!isJsonObject(content)) return void to.problems.push(`${to.file}: holds no list that an organisation has`);
  const held = lists.filter((list) => Array.isArray(content[list]));
  if (held.length === 0) to.problems.push(`${to.file}: holds none of ${lists.join(', ')}`);
  for (const list of held) takeList(list, content[list] as readonly unknown[], to);
  return undefined;
}

function takeList(
  list: ListName,
  items: readonly unknown[],
  { found, file, problems }: { readonly found: Lists; readonly file: string; readonly problems: string[] },
): void {
  const objects = items.filter(isJsonObject);
  if (objects.length < items.length) problems.push(`${file}: some ${list} are no objects`);
  found[list].push(...objects);
}

function planOf(found: Lists, problems: string[]): ImportPlan {
  const named = (list: ListName): readonly Document[] =>
    found[list].flatMap((item) => {
      if (typeof item['identifier'] === 'string') return [without(item, bookkeeping) as Document];
      problems.push(`one of the ${list} has no identifier`);
      return [];
    });
  const blueprints = named('blueprints');
  const entities = new Map<string, JsonObject[]>();
  for (const entity of named('entities')) {
    const { blueprint } = entity;
    if (typeof blueprint !== 'string') problems.push(`entity ${entity.identifier} says no blueprint`);
    else entities.set(blueprint, [...(entities.get(blueprint) ?? []), writable(entity, blueprints)]);
  }
  const scorecards = named('scorecards').flatMap((scorecard) => {
    const { blueprint } = scorecard;
    if (typeof blueprint === 'string') return [{ ...scorecard, blueprint }];
    problems.push(`scorecard ${scorecard.identifier} says no blueprint`);
    return [];
  });
  const teams = found.teams.map(({ name, description }) => ({
    name,
    ...(typeof description === 'string' ? { description } : {}),
  }));
  return {
    ...emptyPlan,
    teams,
    blueprints,
    entities,
    scorecards,
    actions: [...named('actions'), ...named('automations')],
    // The pages of the product itself are there already.
    pages: named('pages').filter(({ identifier, type }) => !identifier.startsWith('$') && type !== 'entity'),
    webhooks: named('webhooks'),
    problems,
  };
}

/** An entity without what its blueprint computes. */
function writable(entity: Document, blueprints: readonly Document[]): JsonObject {
  const blueprint = blueprints.find(({ identifier }) => identifier === entity['blueprint']);
  const computed = derived.flatMap((part) => {
    const definitions = blueprint?.[part];
    return isJsonObject(definitions) ? Object.keys(definitions) : [];
  });
  const properties = isJsonObject(entity['properties']) ? without(entity['properties'], computed) : {};
  const icon = entity['icon'] === null ? ['icon'] : [];
  return without({ ...entity, properties }, ['blueprint', 'scorecards', 'resolvedRelations', ...icon, ...bookkeeping]);
}

function without(item: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));
}
