import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { Problem } from '#platform/problem.ts';
import { errorReply } from '#platform/http/error-reply.ts';
import { sql } from 'kysely';
import type { EntityParts } from '../apply-changes.ts';
import { refuseUnknown } from '../blueprint-queries.ts';
import { deleteWithin } from '../delete-entities.ts';
import type { FailedEntity, WriteEntitiesInput } from '../plan-entities.ts';
import { writeEntities } from '../write-entities.ts';
import { bulkEvent } from './bulk-change-events.ts';
import type { BulkChange, BulkDeletion, BulkEdit, BulkFailure, BulkStatus } from './bulk-change-rules.ts';
import {
  lockRunningBulk,
  nextFailures,
  storeFailures,
  storeNextRound,
  storeStatus,
  storeStep,
} from './bulk-change-store.ts';
import { planScope, readIdentifiers } from './plan-scope.ts';

/** Few enough that a transaction stays short. */
export const batchSize = 100;
const roundLimit = 50;

/**
 * Does the next batch together with the note of where to go on, so that nothing is done twice or forgotten; answers
 * whether there is more. Any number of callers may take turns.
 */
export function advanceBulk(parts: EntityParts): Command<{ readonly id: string }, boolean> {
  return maybeSilent(async function advanceBulkCommand(ctx: WriteContext, { id }: { readonly id: string }) {
    const one = await lockRunningBulk(ctx, id);
    if (one === null) return false;
    if (one.status === 'cancelling') return end(ctx, one, 'cancelled');
    const identifiers = await nextIdentifiers(ctx, parts, one);
    const last = identifiers.at(-1);
    if (last === undefined) return endRound(ctx, one);
    const outcome = await doBatch(ctx, parts, one, identifiers);
    await storeFailures(ctx, id, { looked: identifiers, failures: outcome.failures });
    await storeStep(ctx, id, { after: last, done: outcome.done, unchanged: outcome.unchanged });
    return true;
  });
}

/** Ends one that cannot go on. */
export const failBulk: Command<{ readonly id: string; readonly message: string }, void> = maybeSilent(
  async function failBulkCommand(
    ctx: WriteContext,
    { id, message }: { readonly id: string; readonly message: string },
  ) {
    const one = await lockRunningBulk(ctx, id);
    if (one !== null) await end(ctx, one, 'failed', message);
  },
);

async function nextIdentifiers(ctx: WriteContext, parts: EntityParts, one: BulkChange): Promise<readonly string[]> {
  const { after, blueprint, scope } = one;
  const page = { after, limit: batchSize };
  if (one.round > 1) return nextFailures(ctx, one.id, { ...page, error: 'has_dependents' });
  const held = (await parts.blueprints.hold(ctx.db, ctx.actor.orgId, [blueprint])).get(blueprint);
  if (held === undefined) return refuseUnknown(blueprint);
  const setting = { db: ctx.db, clock: { now: () => ctx.now } };
  const condition = await planScope(setting, ctx.actor, held.document, scope);
  // What came after it was asked for was not meant.
  return readIdentifiers(ctx.db, sql`${condition} and e.created_at <= ${one.createdAt}`, page);
}

interface Outcome {
  readonly done: number;
  readonly unchanged: number;
  readonly failures: readonly BulkFailure[];
}

async function doBatch(
  ctx: WriteContext,
  parts: EntityParts,
  { change, blueprint }: BulkChange,
  identifiers: readonly string[],
): Promise<Outcome> {
  if (change.kind === 'delete') return deleteBatch(ctx, parts, change, { blueprint, identifiers });
  const { errors, entities, changed } = await editBatch(ctx, parts, { blueprint, identifiers, change });
  return { done: changed, unchanged: entities.length - changed, failures: errors.map(failureOf) };
}

/** Each entity is judged by itself; what others forbid is not written and the rest is. */
async function editBatch(
  ctx: WriteContext,
  parts: EntityParts,
  batch: { readonly blueprint: string; readonly identifiers: readonly string[]; readonly change: BulkEdit },
): Promise<Awaited<ReturnType<ReturnType<typeof writeEntities>>> & { readonly changed: number }> {
  let changed = 0;
  const counting: WriteContext = {
    ...ctx,
    emit: (event) => {
      if (event.kind === 'entity.updated' && event.context.blueprint === batch.blueprint) changed += 1;
      ctx.emit(event);
    },
  };
  const result = await writeEntities(parts)(counting, editInput(batch, false));
  return { ...result, changed };
}

/** How one batch of an edit is written, or only checked. */
export function editInput(
  {
    blueprint,
    identifiers,
    change,
  }: { readonly blueprint: string; readonly identifiers: readonly string[]; readonly change: BulkEdit },
  validateOnly: boolean,
): WriteEntitiesInput {
  const { kind: _, ...patch } = change;
  return {
    blueprint,
    entities: identifiers.map((identifier) => ({ ...patch, identifier })),
    ifExists: 'merge',
    ifMissing: 'refuse',
    validateOnly,
    createMissingRelated: false,
    runId: null,
    datasource: 'Quayside',
    expectedVersion: null,
  };
}

/** All at once where nothing stands in the way; else one by one, since a refusal leaves no trace. */
async function deleteBatch(
  ctx: WriteContext,
  parts: EntityParts,
  { dependents }: BulkDeletion,
  { blueprint, identifiers }: { readonly blueprint: string; readonly identifiers: readonly string[] },
): Promise<Outcome> {
  const remove = async (names: readonly string[]): Promise<number> => {
    const how = { dependents, ifMissing: 'skip', runId: null, expectedVersion: null } as const;
    return (await deleteWithin(ctx, parts, { blueprint, identifiers: names, ...how })).length;
  };
  const attempt = async (names: readonly string[]): Promise<number | Problem> =>
    remove(names).catch((error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    });
  const together = await attempt(identifiers);
  // What went with an earlier one is gone, too: as it should be.
  if (typeof together === 'number') return { done: together, unchanged: identifiers.length - together, failures: [] };
  const outcome = { done: 0, unchanged: 0, failures: [] as BulkFailure[] };
  for (const identifier of identifiers) {
    const found = await attempt([identifier]);
    if (typeof found !== 'number') outcome.failures.push(failureOf({ identifier, ...problemParts(found) }));
    else if (found === 0) outcome.unchanged += 1;
    else outcome.done += 1;
  }
  return outcome;
}

function problemParts({ kind, code, message, details = {} }: Problem): Omit<FailedEntity, 'index' | 'identifier'> {
  return { kind, code, message, details };
}

export function failureOf({ identifier, kind, code, message, details }: Omit<FailedEntity, 'index'>): BulkFailure {
  const { status } = errorReply(new Problem(kind, code, message), '');
  return { identifier, statusCode: status, error: code, message, details };
}

async function endRound(ctx: WriteContext, one: BulkChange): Promise<boolean> {
  const waiting =
    one.change.kind === 'delete' && one.roundDone > 0 && one.round < roundLimit
      ? await nextFailures(ctx, one.id, { error: 'has_dependents', after: null, limit: 1 })
      : [];
  if (waiting.length === 0) return end(ctx, one, 'completed');
  await storeNextRound(ctx, one.id);
  return true;
}

async function end(
  ctx: WriteContext,
  one: BulkChange,
  status: BulkStatus,
  message: string | null = null,
): Promise<false> {
  await storeStatus(ctx, one.id, status, message);
  ctx.emit(bulkEvent(one, { ...one, status, message, endedAt: ctx.now }));
  return false;
}
