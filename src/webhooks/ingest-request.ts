import { sql } from 'kysely';
import type { EntityParts } from '#catalog/apply-changes.ts';
import { deleteWithin } from '#catalog/delete-entities.ts';
import { resolveQueries } from '#catalog/resolve-queries.ts';
import { writeEntities } from '#catalog/write-entities.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { type Caller, maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { Problem } from '#platform/problem.ts';
import { applyMappings, type EntityOrder } from './apply-mappings.ts';
import type { MappingProblem, RequestContent } from './contract.ts';
import { type Outcome, recordOutcome } from './record-outcome.ts';
import { getWebhook, type Webhook } from './webhook-queries.ts';

export interface IngestParts {
  readonly core: Core;
  readonly catalog: EntityParts;
  readonly jq: Pick<JqPool, 'evaluateBatch'>;
}

/** As many as a bulk call of the API takes. */
const entitiesAtOnce = 20;

export function callerOf({ orgId, identifier }: Pick<Webhook, 'orgId' | 'identifier'>): Caller {
  return { actor: systemActor(orgId, `webhook ${identifier}`), origin: 'SYSTEM', requestId: null };
}

interface Waiting {
  readonly webhook: string;
  readonly content: RequestContent;
}

/** Does what the mappings say of a request; once more on the same changes nothing. */
export async function ingestRequest(parts: IngestParts, orgId: string, request: string): Promise<void> {
  const { db, runner } = parts.core;
  const found = await sql<Waiting>`
    select webhook, content from incoming_request
    where org_id = ${orgId} and id = ${request} and state = 'waiting'`.execute(db);
  const [waiting] = found.rows;
  if (waiting === undefined) return;
  const webhook = await getWebhook(db, orgId, waiting.webhook);
  const outcome = webhook.document.enabled ? await ingest(parts, webhook, waiting.content) : null;
  await runner.execute(callerOf(webhook), recordOutcome(), { webhook: webhook.identifier, request, outcome });
}

async function ingest(parts: IngestParts, webhook: Webhook, content: RequestContent): Promise<Outcome> {
  const { orders, problems } = await applyMappings(parts.jq, webhook.document.mappings, content);
  const outcome = { written: 0, deleted: 0, problems: [...problems] };
  for (const batch of batchesOf(orders)) {
    const [first] = batch;
    if (first === undefined) continue;
    try {
      if (first.operation === 'delete') outcome.deleted += await deleteOne(parts, webhook, first);
      else outcome.written += await writeSome(parts, webhook, batch, outcome.problems);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      for (const order of batch) outcome.problems.push(refusalOf(order, error.message));
    }
  }
  return outcome;
}

/** Writes to one blueprint go together; the order of what happens to one entity stays. */
export function batchesOf(orders: readonly EntityOrder[]): readonly (readonly EntityOrder[])[] {
  const batches: EntityOrder[][] = [];
  for (const order of orders) {
    const last = batches.at(-1);
    const [first] = last ?? [];
    const fits =
      last !== undefined &&
      first !== undefined &&
      order.operation === 'create' &&
      first.operation === 'create' &&
      first.blueprint === order.blueprint &&
      last.length < entitiesAtOnce &&
      !last.some(({ entity }) => entity['identifier'] === order.entity['identifier']);
    if (fits) last.push(order);
    else batches.push([order]);
  }
  return batches;
}

async function writeSome(
  { core, catalog }: IngestParts,
  webhook: Webhook,
  batch: readonly EntityOrder[],
  problems: MappingProblem[],
): Promise<number> {
  const blueprint = batch[0]?.blueprint ?? '';
  const result = await core.runner.execute(callerOf(webhook), writeEntities(catalog), {
    blueprint,
    entities: batch.map(({ entity }) => entity),
    ...writingAs(webhook.identifier),
  });
  for (const { index, message } of result.errors) {
    const order = batch[index];
    if (order !== undefined) problems.push(refusalOf(order, message));
  }
  return result.entities.length;
}

/** Entities are made or added to, and so is what they point at. */
export function writingAs(webhook: string) {
  return {
    ifExists: 'merge',
    ifMissing: 'create',
    validateOnly: false,
    createMissingRelated: true,
    runId: null,
    datasource: `quayside/webhook/${webhook}`,
    expectedVersion: null,
  } as const;
}

function refusalOf({ mapping, blueprint, entity }: EntityOrder, message: string): MappingProblem {
  const { identifier } = entity;
  const name = typeof identifier === 'string' ? `${blueprint}/${identifier}` : blueprint;
  return { mapping, item: null, field: 'entity', message: `${name}: ${message}` };
}

async function deleteOne({ core, catalog }: IngestParts, webhook: Webhook, order: EntityOrder): Promise<number> {
  const deleted = await core.runner.execute(callerOf(webhook), deleteOrdered(catalog), order);
  return deleted.length;
}

/** What is not there needs no deleting. */
function deleteOrdered(parts: EntityParts): Command<EntityOrder, readonly string[]> {
  return maybeSilent(async function deleteOrderedCommand(ctx: WriteContext, order: EntityOrder) {
    const { document } = await parts.blueprints.get(ctx.db, ctx.actor.orgId, order.blueprint);
    const { entity, refusal } = await resolveQueries(ctx, parts, document, { identifier: order.entity['identifier'] });
    if (refusal?.kind === 'not-found') return [];
    if (refusal !== null) throw refusal;
    return deleteWithin(ctx, parts, {
      blueprint: order.blueprint,
      identifiers: [String((entity as { readonly identifier: unknown }).identifier)],
      dependents: order.deleteDependents ? 'delete' : 'refuse',
      ifMissing: 'skip',
      runId: null,
      expectedVersion: null,
    });
  });
}
