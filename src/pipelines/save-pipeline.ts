import { authorize } from '#access/permissions.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { jsonEqual } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { assertPipelineId } from './document-rules.ts';
import type { PipelineDocument, PipelineRow } from './pipeline.ts';
import { authorizeApplication, mayInApplication, pipelineSubject } from './access-queries.ts';
import { findApplication, findPipeline, findPipelineIn } from './pipeline-queries.ts';
import { createApplication } from './save-application.ts';
import {
  assertVersion,
  idTaken,
  insertPipeline,
  isIdTaken,
  lockApplication,
  lockPipeline,
  removePipeline,
  updatePipeline,
} from './pipeline-store.ts';

export interface SavePipeline {
  /** Already checked: see `checkPipeline`. */
  readonly document: PipelineDocument;
  /** Null makes a new one, unless `overName` finds one of its name. */
  readonly id: string | null;
  /** What the document calls itself: a new one keeps it. */
  readonly wantedId: string | null;
  /** Gate's clients save by name. */
  readonly overName: boolean;
  readonly expectedVersion: number | null;
  /** Gate's stale check: `updateTs` of the document that was edited. */
  readonly expectedUpdate: string | null;
}

maybeSilent(savePipeline);
maybeSilent(orderPipelines);

/** Saves a pipeline as a new revision; its application comes with it. Saving what is there already changes nothing. */
export async function savePipeline(ctx: WriteContext, input: SavePipeline): Promise<PipelineRow> {
  const name = await applicationFor(ctx, input.document.application);
  const document = { ...input.document, application: name };
  const before = await lockExisting(ctx, { ...input, document });
  if (before !== null) {
    await authorizeApplication(ctx, 'WRITE', pipelineSubject(before, before.id));
  }
  await assertSeesTargets(ctx, document, before);
  if (before === null) return insertPipeline(ctx, document, await freeId(ctx, document, input.wantedId));
  assertVersion(`Pipeline "${before.name}"`, before.version, input.expectedVersion);
  if (input.expectedUpdate !== null && input.expectedUpdate !== String(before.updated_at.getTime())) {
    throw problem(
      'stale',
      'stale_version',
      `The provided pipeline has an updateTs older than that of "${before.name}". Read it again and redo your edit.`,
      { currentVersion: before.version },
    );
  }
  return jsonEqual(before.document, document) ? before : updatePipeline(ctx, before, { document });
}

/** The id for a new one. What was done under an id elsewhere stays with where it was done. */
async function freeId(ctx: WriteContext, { application }: PipelineDocument, wanted: string | null): Promise<string> {
  if (wanted === null || wanted === '') return newId('pipeline');
  assertPipelineId(wanted);
  if (await isIdTaken(ctx, wanted, application)) throw idTaken(wanted);
  return wanted;
}

/** The application in the case in which it was made, held so that nobody removes it meanwhile; a new one is made. */
export async function applicationFor(ctx: WriteContext, wanted: string): Promise<string> {
  const found = await findApplication(ctx.db, systemActor(ctx.actor.orgId, 'pipelines'), wanted);
  if (found === null) {
    return (await createApplication(ctx, { name: wanted, document: {} })).name;
  }
  await authorizeApplication(ctx, 'WRITE', { application: found.name });
  await lockApplication(ctx, found.name, null);
  return found.name;
}

/** What happens in an application that somebody may not see starts nothing of theirs. */
async function assertSeesTargets(
  ctx: WriteContext,
  { triggers = [] }: PipelineDocument,
  before: PipelineRow | null,
): Promise<void> {
  const known = new Set((before?.document.triggers ?? []).map((trigger) => trigger['pipeline']));
  for (const [at, { type, pipeline }] of triggers.entries()) {
    if (type !== 'pipeline' || typeof pipeline !== 'string' || known.has(pipeline)) continue;
    const target = await findPipeline(ctx.db, systemActor(ctx.actor.orgId, 'pipelines'), pipeline);
    if (target === null || (await mayInApplication(ctx.db, ctx.actor, 'READ', target.application))) continue;
    const field = `triggers[${at}].pipeline`;
    throw problem('invalid', 'invalid_pipeline', `${field}: There is no pipeline "${pipeline}".`, { field });
  }
}

async function lockExisting(ctx: WriteContext, input: SavePipeline): Promise<PipelineRow | null> {
  if (input.id !== null) {
    const row = await lockPipeline(ctx, input.id);
    if (row === null && !input.overName) throw notFound('pipeline', input.id);
    if (row !== null) return row;
  }
  if (!input.overName) return null;
  const { application, name } = input.document;
  const named = await findPipelineIn(ctx.db, systemActor(ctx.actor.orgId, 'pipelines'), application, name);
  return named === null ? null : lockPipeline(ctx, named.id);
}

/** Its executions stay, and those under way go on. */
export async function deletePipeline(
  ctx: WriteContext,
  input: { readonly id: string; readonly expectedVersion: number | null },
): Promise<void> {
  const row = await lockPipeline(ctx, input.id);
  await authorizeApplication(ctx, 'WRITE', pipelineSubject(row, input.id));
  if (row === null) throw notFound('pipeline', input.id);
  assertVersion(`Pipeline "${row.name}"`, row.version, input.expectedVersion);
  await removePipeline(ctx, row);
}

/** Puts pipelines of an application in the order that is named. */
export async function orderPipelines(
  ctx: WriteContext,
  input: { readonly positions: Readonly<Record<string, number>> },
): Promise<void> {
  if (Object.keys(input.positions).length === 0) authorize(ctx.actor, 'pipeline.write');
  for (const id of Object.keys(input.positions).toSorted()) {
    const row = await lockPipeline(ctx, id);
    await authorizeApplication(ctx, 'WRITE', pipelineSubject(row, id));
    if (row === null) throw notFound('pipeline', id);
    const position = input.positions[id] ?? 0;
    if (position !== row.position) await updatePipeline(ctx, row, { document: row.document, position });
  }
}
