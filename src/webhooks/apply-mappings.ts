import { describeJqFailure } from '#platform/jq/jq-failure.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { JqResult } from '#platform/jq/jq-result.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { Mapping, MappingProblem, RequestContent } from './contract.ts';

/** What a mapping makes of a request: an entity to write or to delete. */
export interface EntityOrder {
  readonly mapping: number;
  readonly blueprint: string;
  readonly operation: 'create' | 'delete';
  readonly deleteDependents: boolean;
  readonly entity: JsonObject;
}

export interface Applied {
  readonly orders: readonly EntityOrder[];
  readonly problems: readonly MappingProblem[];
  readonly passed: readonly { readonly seen: number; readonly passed: number }[];
}

const itemLimit = 500;
/** Each holds the whole request as well, so they are looked at a few at a time. */
const itemsAtOnce = 50;

type Jq = Pick<JqPool, 'evaluateBatch'>;

/** Evaluates mappings on a request. What one item or field breaks is a problem of its own and keeps nothing else back. */
export async function applyMappings(jq: Jq, mappings: readonly Mapping[], content: RequestContent): Promise<Applied> {
  const orders: EntityOrder[] = [];
  const problems: MappingProblem[] = [];
  const passed: { seen: number; passed: number }[] = [];
  for (const [at, mapping] of mappings.entries()) {
    const sheet: Sheet = { mapping: at, problems };
    const contexts = await contextsOf(jq, sheet, mapping, content);
    const counted = { seen: contexts.length, passed: 0 };
    for (let first = 0; first < contexts.length; first += itemsAtOnce) {
      const some = contexts.slice(first, first + itemsAtOnce);
      const those = await filtered(jq, sheet, mapping, some);
      counted.passed += those.length;
      orders.push(...(await ordersOf(jq, sheet, mapping, those)));
    }
    passed.push(counted);
  }
  return { orders, problems, passed };
}

/** Where problems are written down. */
interface Sheet {
  readonly mapping: number;
  readonly problems: MappingProblem[];
}

interface Context {
  readonly item: number | null;
  readonly input: JsonObject;
}

function note({ mapping, problems }: Sheet, item: number | null, field: string, message: string): void {
  problems.push({ mapping, item, field, message });
}

async function contextsOf(
  jq: Jq,
  sheet: Sheet,
  { itemsToParse }: Mapping,
  content: RequestContent,
): Promise<readonly Context[]> {
  const input = { ...content };
  if (itemsToParse === undefined) return [{ item: null, input }];
  const [[found] = []] = await jq.evaluateBatch([itemsToParse], [input]);
  const items = found?.ok === true ? found.value : undefined;
  if (found?.ok === false) note(sheet, null, 'itemsToParse', describeJqFailure(found));
  else if (!Array.isArray(items)) note(sheet, null, 'itemsToParse', 'gives no list');
  if (!Array.isArray(items)) return [];
  if (items.length > itemLimit) {
    note(sheet, null, 'itemsToParse', `gives ${items.length} items; only the first ${itemLimit} are looked at`);
  }
  return items.slice(0, itemLimit).map((item: unknown, index) => ({ item: index, input: { ...input, item } }));
}

async function filtered(
  jq: Jq,
  sheet: Sheet,
  { filter }: Mapping,
  contexts: readonly Context[],
): Promise<readonly Context[]> {
  if (filter === undefined || contexts.length === 0) return contexts;
  const found = await jq.evaluateBatch(
    [filter],
    contexts.map(({ input }) => input),
  );
  return contexts.filter(({ item }, index) => {
    const result = found[index]?.[0];
    if (result?.ok === false) note(sheet, item, 'filter', describeJqFailure(result));
    return result?.ok === true && result.value !== undefined && result.value !== null && result.value !== false;
  });
}

async function ordersOf(
  jq: Jq,
  sheet: Sheet,
  mapping: Mapping,
  contexts: readonly Context[],
): Promise<readonly EntityOrder[]> {
  if (contexts.length === 0) return [];
  const { operation = 'create', blueprint, entity } = mapping;
  const type = typeof operation === 'string' ? operation : operation.type;
  const deleteDependents = typeof operation === 'string' || operation.deleteDependents !== false;
  const wanted = type === 'delete' ? { identifier: entity.identifier } : entity;
  const programs = programsIn(wanted, 'entity');
  const found = await jq.evaluateBatch(
    programs.map(({ program }) => program),
    contexts.map(({ input }) => input),
  );
  return contexts.flatMap(({ item }, index): EntityOrder[] => {
    const results = new Map(programs.map(({ field }, at) => [field, found[index]?.[at]]));
    const filled = fill(wanted, 'entity', (field) => valueOf(sheet, item, field, results.get(field)));
    const made = isJsonObject(filled) ? filled : {};
    const identifier = identifierOf(made['identifier']);
    if (identifier === null) {
      const isTold = sheet.problems.some((one) => one.item === item && one.field.startsWith('entity.identifier'));
      if (!isTold) note(sheet, item, 'entity.identifier', 'gives nothing');
      return [];
    }
    return [{ mapping: sheet.mapping, blueprint, operation: type, deleteDependents, entity: { ...made, identifier } }];
  });
}

function identifierOf(value: unknown): string | JsonObject | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isJsonObject(value)) return value;
  return typeof value === 'string' && value !== '' ? value : null;
}

function valueOf(sheet: Sheet, item: number | null, field: string, result: JqResult | undefined): unknown {
  if (result?.ok !== false) return result?.value;
  note(sheet, item, field, describeJqFailure(result));
  return undefined;
}

interface Program {
  readonly field: string;
  readonly program: string;
}

/** Every text of a mapping is jq; what is no text stands for itself. */
function programsIn(value: unknown, field: string): readonly Program[] {
  if (typeof value === 'string') return [{ field, program: value }];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => programsIn(item, `${field}.${index}`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => programsIn(item, `${field}.${key}`));
}

/** The mapping with values in the place of its programs; what gave nothing is left out. */
function fill(value: unknown, field: string, valueAt: (field: string) => unknown): unknown {
  if (typeof value === 'string') return valueAt(field);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => fill(item, `${field}.${index}`, valueAt) ?? null);
  if (!isJsonObject(value)) return value;
  const filled = Object.entries(value)
    .map(([key, item]) => [key, fill(item, `${field}.${key}`, valueAt)] as const)
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(filled);
}
