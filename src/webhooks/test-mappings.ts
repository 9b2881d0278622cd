import type { EntityParts } from '#catalog/apply-changes.ts';
import { readEntity } from '#catalog/read-entity.ts';
import { writeEntity, type WrittenEntity } from '#catalog/write-entities.ts';
import type { WriteEntitiesInput } from '#catalog/plan-entities.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { applyMappings, type EntityOrder } from './apply-mappings.ts';
import type { TestBody, TestedEntity, TestResult } from './contract.ts';
import { writingAs } from './ingest-request.ts';

export interface TestParts {
  readonly db: Db;
  readonly catalog: EntityParts;
  readonly jq: Pick<JqPool, 'evaluateBatch'>;
}

/** Runs a command as whoever asks. */
type Execute = (
  command: Command<WriteEntitiesInput, WrittenEntity>,
  input: WriteEntitiesInput,
) => Promise<WrittenEntity>;

const entitiesShown = 100;
/** Said by the server of each write, so no change of the entity. */
const bookkeeping: ReadonlySet<string> = new Set(['createdAt', 'createdBy', 'updatedAt', 'updatedBy']);

/** What mappings would do with a sample: every entity before and after, and every reason why not. Writes nothing. */
export async function testMappings(
  parts: TestParts,
  caller: { readonly actor: Actor; readonly execute: Execute },
  { mappings, body, headers = {}, queryParams = {} }: TestBody,
): Promise<TestResult> {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const applied = await applyMappings(parts.jq, mappings, { body, headers: lowered, queryParams });
  const entities: TestedEntity[] = [];
  for (const order of applied.orders.slice(0, entitiesShown)) entities.push(await tested(parts, caller, order));
  return { entities, problems: applied.problems, passed: applied.passed };
}

async function tested(
  parts: TestParts,
  caller: { readonly actor: Actor; readonly execute: Execute },
  order: EntityOrder,
): Promise<TestedEntity> {
  const { mapping, blueprint, operation, entity } = order;
  const asked = typeof entity['identifier'] === 'string' ? entity['identifier'] : JSON.stringify(entity['identifier']);
  const about = { mapping, blueprint, operation, identifier: asked };
  const nothing = { before: null, after: null, problem: null };
  const read = async (identifier: string): Promise<JsonObject | null> =>
    readEntity({ db: parts.db, blueprints: parts.catalog.blueprints }, caller.actor, blueprint, identifier);
  try {
    if (operation === 'delete') {
      const before = await read(asked);
      return { ...about, ...nothing, before, effect: before === null ? 'absent' : 'deleted' };
    }
    const input = { blueprint, entities: [entity], ...writingAs('test'), validateOnly: true };
    const written = await caller.execute(writeEntity(parts.catalog), input);
    const [before, after] = [await read(written.identifier), written.entity];
    const same = before !== null && jsonEqual(bare(before), bare(after));
    const effect = written.created ? 'created' : same ? 'unchanged' : 'changed';
    return { ...about, ...nothing, identifier: written.identifier, effect, before, after };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...about, ...nothing, effect: 'refused', problem: error.message };
  }
}

function bare(entity: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entity).filter(([key]) => !bookkeeping.has(key)));
}
