import { isPlain, sameJson } from './paths.ts';

type Definition = { readonly [key: string]: unknown };

/** The `userInputs` of an action, loosely: what is stored may hold more than this interface knows. */
export type UserInputs = Definition;

/** What stands below one another in the list of the form: steps, headings and inputs. */
export type Row =
  | { readonly kind: 'step'; readonly definition: Definition }
  | { readonly kind: 'heading'; readonly key: string; readonly definition: Definition }
  | { readonly kind: 'input'; readonly key: string; readonly definition: Definition; readonly required: boolean };

export type KeyedRow = Exclude<Row, { kind: 'step' }>;

const recordAt = (inputs: UserInputs, key: string): Readonly<Record<string, Definition>> =>
  (isPlain(inputs[key]) ? inputs[key] : {}) as Readonly<Record<string, Definition>>;

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const stepsOf = (inputs: UserInputs): readonly Definition[] =>
  Array.isArray(inputs['steps']) ? inputs['steps'].filter(isPlain) : [];

/** The query that computes which inputs are needed, where one does. */
export const requiredQuery = (inputs: UserInputs): string | undefined =>
  isPlain(inputs['required']) && typeof inputs['required']['jqQuery'] === 'string'
    ? inputs['required']['jqQuery']
    : undefined;

/** In the order of the form; what no order names comes last. */
export function readRows(inputs: UserInputs): readonly Row[] {
  const properties = recordAt(inputs, 'properties');
  const titles = recordAt(inputs, 'titles');
  const required = texts(inputs['required']);
  const placed = new Set<string>();
  const rowOf = (key: string): Row[] => {
    if (placed.has(key)) return [];
    placed.add(key);
    const definition = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (definition !== undefined) return [{ kind: 'input', key, definition, required: required.includes(key) }];
    const heading = Object.hasOwn(titles, key) ? titles[key] : undefined;
    return heading === undefined ? [] : [{ kind: 'heading', key, definition: heading }];
  };
  const steps = stepsOf(inputs);
  const ordered =
    steps.length === 0
      ? texts(inputs['order']).flatMap(rowOf)
      : steps.flatMap((definition): Row[] => [
          { kind: 'step', definition },
          ...texts(definition['order']).flatMap(rowOf),
        ]);
  return [...ordered, ...[...Object.keys(titles), ...Object.keys(properties)].flatMap(rowOf)];
}

const keysOf = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap((row) => (row.kind === 'step' ? [] : [row.key]));

/** Steps with the keys below each; rows above the first step belong to it. */
function stepped(rows: readonly Row[]): readonly Definition[] {
  const steps: { definition: Definition; order: string[] }[] = [];
  const early: string[] = [];
  for (const row of rows) {
    if (row.kind === 'step') steps.push({ definition: row.definition, order: steps.length === 0 ? early : [] });
    else (steps.at(-1)?.order ?? early).push(row.key);
  }
  return steps.map(({ definition, order }) => ({ ...definition, order }));
}

const sameArrangement = (left: readonly Row[], right: readonly Row[]): boolean =>
  sameJson(stepped(left), stepped(right)) && sameJson(keysOf(left), keysOf(right));

const without = (inputs: UserInputs, ...keys: readonly string[]): UserInputs =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.includes(key)));

function arrangement(rows: readonly Row[]): UserInputs {
  return rows.some((row) => row.kind === 'step') ? { steps: stepped(rows) } : { order: keysOf(rows) };
}

function requiredKeys(inputs: UserInputs, rows: readonly Row[]): UserInputs {
  if (isPlain(inputs['required'])) return {};
  const wanted = rows.flatMap((row) => (row.kind === 'input' && row.required ? [row.key] : []));
  const known = texts(inputs['required']);
  const unchanged = wanted.length === known.length && wanted.every((key) => known.includes(key));
  return unchanged ? {} : { required: wanted };
}

/** Headings named like an input belong to it, and are no rows of their own. */
const titlesOfInputs = (inputs: UserInputs, properties: object): Readonly<Record<string, Definition>> =>
  Object.fromEntries(Object.entries(recordAt(inputs, 'titles')).filter(([key]) => Object.hasOwn(properties, key)));

/** `inputs` with these rows; what the rows do not speak of stays as it was, and so does all of it when they are those that were read. */
export function writeRows(inputs: UserInputs, rows: readonly Row[]): UserInputs {
  const before = readRows(inputs);
  const inputRows = rows.filter((row) => row.kind === 'input');
  const headings = rows.filter((row) => row.kind === 'heading');
  const record = (given: readonly KeyedRow[]): Readonly<Record<string, Definition>> =>
    Object.fromEntries(given.map((row) => [row.key, row.definition]));
  const properties = record(inputRows);
  const titles = { ...titlesOfInputs(inputs, properties), ...record(headings) };
  const next = {
    ...inputs,
    ...(sameJson(properties, recordAt(inputs, 'properties')) ? {} : { properties }),
    ...(sameJson(titles, recordAt(inputs, 'titles')) ? {} : { titles }),
    ...requiredKeys(inputs, rows),
  };
  if (sameArrangement(before, rows)) return next;
  return { ...without(next, 'order', 'steps'), ...arrangement(rows) };
}

/** A row taken to another place. With steps the first row stays a step. */
export function movedRow(rows: readonly Row[], from: number, to: number): readonly Row[] {
  const row = rows[from];
  if (row === undefined) return rows;
  const rest = rows.filter((_, index) => index !== from);
  const target = Math.max(0, Math.min(to, rest.length));
  return settled([...rest.slice(0, target), row, ...rest.slice(target)]);
}

export function removedRow(rows: readonly Row[], index: number): readonly Row[] {
  return settled(rows.filter((_, one) => one !== index));
}

function settled(rows: readonly Row[]): readonly Row[] {
  const first = rows.findIndex((row) => row.kind === 'step');
  const step = rows[first];
  if (first <= 0 || step === undefined) return rows;
  return [step, ...rows.slice(0, first), ...rows.slice(first + 1)];
}

/** After the given row, or at the end. The first step goes above everything. */
export function addedRow(rows: readonly Row[], row: Row, after?: number): readonly Row[] {
  const at = after === undefined ? rows.length : after + 1;
  return settled([...rows.slice(0, at), row, ...rows.slice(at)]);
}

/** Another key for an input or heading; inputs that depend on it follow. */
export function renamedRow(rows: readonly Row[], from: string, to: string): readonly Row[] {
  return rows.map((row) => {
    if (row.kind === 'step') return row;
    const renamed = row.key === from ? { ...row, key: to } : row;
    const { dependsOn } = row.definition;
    if (!Array.isArray(dependsOn) || !dependsOn.includes(from)) return renamed;
    const followed = dependsOn.map((one: unknown) => (one === from ? to : one));
    return { ...renamed, definition: { ...row.definition, dependsOn: followed } };
  });
}

/** `base`, or with a number behind it when that is taken. */
export function freeKey(rows: readonly Row[], base: string): string {
  const taken = new Set(keysOf(rows));
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}
