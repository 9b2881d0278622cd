import { namesNow } from '#catalog/rename/keep-former-name.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader, ReaderContext } from '#platform/events/reader.ts';
import type { ExecutionKey } from './advance-execution.ts';
import { type CallJob, callQueue } from './call-jobs.ts';
import type { CatalogJob } from './fire-triggers.ts';
import { messageQueue, type OccasionJob, occasionQueue } from './notify-jobs.ts';
import { occasionsBetween } from './notification-rules.ts';
import type { StageKey } from './report-stage.ts';
import { tellingApplications } from './pipeline-queries.ts';
import { listenedTo, triggersFor } from './trigger-store.ts';

export const afterQueue = 'pipeline-after';
export const catalogQueue = 'pipeline-catalog';

const entityKinds: Readonly<Record<string, string>> = {
  'entity.created': 'created',
  'entity.updated': 'updated',
  'entity.deleted': 'deleted',
};

/** Starts pipelines because of others that ended, and because of changes of the catalog. */
export const triggerReader: Reader = {
  name: 'pipelines.triggers',
  concerns: (event) => event.kind === 'execution.ended' || entityKinds[event.kind] !== undefined,
  async handle(ctx, events) {
    await enqueueAfter(
      ctx,
      events.filter((event) => event.kind === 'execution.ended'),
    );
    const jobs: CatalogJob[] = [];
    const changed = events.filter((event) => entityKinds[event.kind] !== undefined);
    const blueprints = new Set(changed.map((event) => String(event.context.blueprint)));
    const now = await namesNow(ctx.db, ctx.orgId, [...blueprints]);
    const nameOf = (event: LoggedEvent): string => {
      const name = String(event.context.blueprint);
      return now.get(name) ?? name;
    };
    for (const [blueprint, of] of Map.groupBy(changed, nameOf)) {
      for (const trigger of await triggersFor(ctx.db, ctx.orgId, 'catalog', blueprint)) {
        const wanted = Array.isArray(trigger.document['on']) ? (trigger.document['on'] as unknown[]) : [];
        for (const event of of) {
          const change = entityKinds[event.kind] ?? '';
          if (wanted.length > 0 && !wanted.includes(change)) continue;
          jobs.push(catalogJob(ctx, event, { blueprint, change, pipeline: trigger.pipeline, trigger: trigger.id }));
        }
      }
    }
    await ctx.enqueue<CatalogJob>(
      catalogQueue,
      jobs.map((data) => ({ data })),
    );
  },
};

/** Most executions end without anybody waiting for it: only those that a pipeline listens to have a job. */
async function enqueueAfter(ctx: ReaderContext, ended: readonly LoggedEvent[]): Promise<void> {
  if (ended.length === 0) return;
  const pipelines = [...new Set(ended.map((event) => String(event.context['pipeline'])))];
  const heard = await listenedTo(ctx.db, ctx.orgId, 'pipeline', pipelines);
  await ctx.enqueue<ExecutionKey>(
    afterQueue,
    ended
      .filter((event) => heard.has(String(event.context['pipeline'])))
      .map((event) => ({ data: { orgId: ctx.orgId, executionId: String(event.context['execution']) } })),
  );
}

function catalogJob(
  ctx: ReaderContext,
  event: LoggedEvent,
  told: Pick<CatalogJob, 'blueprint' | 'change' | 'pipeline' | 'trigger'>,
): CatalogJob {
  const { before, after } = event;
  return { ...told, orgId: ctx.orgId, eventId: event.id, entity: String(event.context.entity), before, after };
}

interface StageStanding {
  readonly id: string;
  readonly attempt: number;
  readonly waitsFor: string | null;
}

/** Has calls and messages of stages made, and people told of what began and ended. */
export const callReader: Reader = {
  name: 'pipelines.calls',
  concerns: (event) => event.kind.startsWith('execution.'),
  async handle(ctx, events) {
    const work = events.map((event) => newWork(ctx.orgId, event));
    await ctx.enqueue<CallJob>(
      callQueue,
      work.flatMap(({ calls }) => calls.map((data) => ({ data }))),
    );
    await ctx.enqueue<StageKey>(
      messageQueue,
      work.flatMap(({ messages }) => messages.map((data) => ({ data }))),
    );
    await enqueueOccasions(ctx, events);
  },
};

/** Only what somebody asked to be told of has a job: a stage and a pipeline say so themselves, an application is asked. */
async function enqueueOccasions(ctx: ReaderContext, events: readonly LoggedEvent[]): Promise<void> {
  const jobs = events.flatMap(({ before, after, context }) => {
    const occasions = after === null ? [] : occasionsBetween(before, after);
    if (occasions.length === 0) return [];
    const ownApplication = String(context['application']);
    // Events of earlier versions say nothing of it.
    const told = after?.['notifies'] !== false || occasions.some(({ level }) => level === 'stage');
    return [{ told, ownApplication, data: { orgId: ctx.orgId, executionId: String(context['execution']), occasions } }];
  });
  const asked = jobs.filter(({ told }) => !told).map(({ ownApplication }) => ownApplication);
  const telling = asked.length === 0 ? new Set<string>() : await tellingApplications(ctx.db, ctx.orgId, asked);
  await ctx.enqueue<OccasionJob>(
    occasionQueue,
    jobs.filter(({ told, ownApplication }) => told || telling.has(ownApplication)).map(({ data }) => ({ data })),
  );
}

/** Stages that wait for a job since this event, and calls that nobody waits for any more. */
function newWork(orgId: string, event: LoggedEvent): { readonly calls: CallJob[]; readonly messages: StageKey[] } {
  const before = standings(event.before);
  const executionId = String(event.context['execution']);
  const calls: CallJob[] = [];
  const messages: StageKey[] = [];
  for (const [refId, { id, attempt, waitsFor }] of Object.entries(standings(event.after))) {
    const old = before[refId];
    const key = { orgId, executionId, stageId: id, attempt };
    if (old?.waitsFor === waitsFor && old.attempt === attempt) continue;
    if (waitsFor === 'call') calls.push({ ...key, phase: 'create' });
    if (waitsFor === 'message') messages.push(key);
    if (old?.waitsFor === 'call' && waitsFor !== 'call') calls.push({ ...key, attempt: old.attempt, phase: 'cancel' });
  }
  return { calls, messages };
}

function standings(document: LoggedEvent['after']): Readonly<Record<string, StageStanding>> {
  return (document?.['stages'] ?? {}) as Readonly<Record<string, StageStanding>>;
}
