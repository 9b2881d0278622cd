import { sql } from 'kysely';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader, ReaderContext } from '#platform/events/reader.ts';
import type { ExecutionKey } from './advance-execution.ts';
import { executionOfStage } from './execution-store.ts';

export const advanceQueue = 'pipeline-advance';
export const admitQueue = 'pipeline-admit';

export const sweepSeconds = 15;
/** Times nearer than this have a timer at once; the sweep sees to those beyond, so that no queue fills with them. */
export const timerReachMs = 2 * sweepSeconds * 1000;

export interface AdmitJob {
  readonly orgId: string;
  readonly pipelineId: string;
}

const ownKinds: ReadonlySet<string> = new Set([
  'execution.created',
  'execution.changed',
  'execution.advanced',
  'execution.ended',
]);

/**
 * What an execution waits for happened somewhere: it is looked at again. Nothing is taken from the event but the name
 * of the execution, so that seeing it twice does no harm.
 */
export const advanceReader: Reader = {
  name: 'pipelines.advance',
  concerns: (event) => ownKinds.has(event.kind) || event.kind === 'run.ended' || isJudgment(event),
  async handle(ctx, events) {
    const wanted = new Set<string>();
    for (const event of events) for (const id of await executionsToAdvance(ctx, event)) wanted.add(id);
    await ctx.enqueue<ExecutionKey>(
      advanceQueue,
      (await openAmong(ctx, [...wanted])).map((executionId) => ({ data: { orgId: ctx.orgId, executionId } })),
    );
    await ctx.enqueue<ExecutionKey>(advanceQueue, timersOf(ctx, events));
    await ctx.enqueue<AdmitJob>(
      admitQueue,
      (await pipelinesToAdmit(ctx, events)).map((pipelineId) => ({ data: { orgId: ctx.orgId, pipelineId } })),
    );
  },
};

/** Whoever started an execution went on with it at once, so that most are over before a job could look. */
async function openAmong({ db, orgId }: ReaderContext, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const found = await sql<{ id: string }>`
    select id from execution where org_id = ${orgId} and id = any(${[...ids]}::text[])
      and ended_at is null and status = 'RUNNING'`.execute(db);
  return found.rows.map(({ id }) => id);
}

/**
 * Pipelines of which an execution may begin that waited. One that began to wait while another ended is told of by its
 * own event, should it not be visible yet.
 */
async function pipelinesToAdmit(ctx: ReaderContext, events: readonly LoggedEvent[]): Promise<readonly string[]> {
  const pipelineOf = (event: LoggedEvent): string => String(event.context['pipeline']);
  const waits = events.filter(
    ({ kind, after }) =>
      (kind === 'execution.created' || kind === 'execution.changed') && after?.['status'] === 'NOT_STARTED',
  );
  const ended = events.filter(({ kind }) => kind === 'execution.ended');
  const found = new Set(waits.map(pipelineOf));
  const asked = [...new Set(ended.map(pipelineOf))].filter((pipeline) => !found.has(pipeline));
  if (asked.length > 0) {
    const waiting = await sql<{ pipeline: string }>`
      select distinct pipeline from execution where org_id = ${ctx.orgId} and pipeline = any(${asked}::text[])
        and status = 'NOT_STARTED'`.execute(ctx.db);
    for (const { pipeline } of waiting.rows) found.add(pipeline);
  }
  return [...found];
}

function isJudgment(event: LoggedEvent): boolean {
  return event.kind === 'approval.decided' && event.context['subjectKind'] === 'stage';
}

async function executionsToAdvance(ctx: ReaderContext, event: LoggedEvent): Promise<readonly string[]> {
  switch (event.kind) {
    case 'execution.created':
      return event.context['goesOn'] === true ? [] : [String(event.context['execution'])];
    case 'execution.changed':
      return [String(event.context['execution'])];
    case 'execution.ended': {
      const parent = event.context['parentExecution'];
      return typeof parent === 'string' ? [parent] : [];
    }
    case 'approval.decided': {
      const id = await executionOfStage(ctx.db, ctx.orgId, String(event.context['subjectId']));
      return id === null ? [] : [id];
    }
    case 'run.ended': {
      const found = await sql<{ execution: string }>`
        select execution from stage where org_id = ${ctx.orgId} and wait ->> 'for' = 'run'
          and wait ->> 'id' = ${String(event.context.run)} and wait is not null`.execute(ctx.db);
      return found.rows.map((row) => row.execution);
    }
    default:
      return [];
  }
}

/** Executions that wait for a time soon are looked at when it comes. */
function timersOf(
  ctx: ReaderContext,
  events: readonly LoggedEvent[],
): readonly { data: ExecutionKey; startAfter: Date }[] {
  const latest = new Map<string, Date>();
  for (const event of events) {
    const dueAt = event.after?.['dueAt'];
    if (!ownKinds.has(event.kind) || typeof dueAt !== 'string') continue;
    latest.set(String(event.context['execution']), new Date(dueAt));
  }
  const reach = ctx.now.getTime() + timerReachMs;
  return [...latest]
    .filter(([, at]) => at.getTime() <= reach)
    .map(([executionId, startAfter]) => ({ data: { orgId: ctx.orgId, executionId }, startAfter }));
}
