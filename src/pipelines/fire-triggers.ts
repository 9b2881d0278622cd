import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject } from '#platform/json.ts';
import type { Chore } from '#platform/module.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { Problem } from '#platform/problem.ts';
import type { ExecutionKey } from './advance-execution.ts';
import { createExecution, type StartedExecution } from './create-execution.ts';
import { evaluateCondition } from './evaluate-expressions.ts';
import { loadExecution } from './execution-store.ts';
import { advanceQueue } from './reactions.ts';
import type { StartExecution, StartRequest } from './start-execution.ts';
import { nextInstant, triggerById, triggersFor, type TriggerRow } from './trigger-store.ts';
import { payloadMatches, textField } from './trigger-rules.ts';

export interface FireParts {
  readonly core: Core;
  readonly jq: JqPool;
  readonly startExecution: StartExecution;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

maybeSilent(fireCron);

const cronSeconds = 5;
/** What was missed longer ago is passed by. */
const lookBackMs = 600_000;
const batch = 200;

function callerFor(orgId: string) {
  return { actor: systemActor(orgId, 'pipelines'), origin: 'AUTOMATION', requestId: null } as const;
}

/**
 * Together with others of the pipeline that start at the same time; whoever sent a webhook does not wait until it is as
 * far as it comes. One that cannot start (parameters, circles, disabled) is told in the log, and starts others
 * nonetheless. Answers whether it was started, now or by the same correlation before.
 */
async function startByTrigger(
  { core, startExecution, enqueueNow }: Omit<FireParts, 'jq'>,
  orgId: string,
  input: StartRequest['input'],
): Promise<boolean> {
  try {
    const { id, done } = await startExecution({ caller: callerFor(orgId), input });
    if (done === null) {
      await enqueueNow<ExecutionKey>(advanceQueue, [{ data: { orgId, executionId: id } }]);
    }
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    core.log.warn({ event: 'trigger-refused', org: orgId, pipeline: input.pipeline, why: error.message });
    return false;
  }
}

/** Starts what is due by the clock. What was missed while nothing ran is made up for once, if it is not long ago. */
export function cronChore({ core }: Pick<FireParts, 'core'>): Chore {
  return {
    name: 'pipeline-cron',
    everySeconds: cronSeconds,
    async run() {
      const due = await sql<TriggerRow>`
        select * from pipeline_trigger where next_at <= ${core.clock.now()} order by next_at limit ${batch}`.execute(
        core.db,
      );
      for (const trigger of due.rows) {
        await core.runner
          .execute(callerFor(trigger.org_id), fireCron, { pipeline: trigger.pipeline, id: trigger.id })
          .catch(async (error: unknown) => {
            if (!(error instanceof Problem)) throw error;
            core.log.warn({ event: 'trigger-refused', pipeline: trigger.pipeline, why: error.message });
            await passBy({ core }, trigger);
          });
      }
    },
  };
}

/** One instant of a cron trigger: the execution and the next instant are written together. */
async function fireCron(
  ctx: WriteContext,
  input: { readonly pipeline: string; readonly id: string },
): Promise<StartedExecution | null> {
  const locked = await sql`
    select 1 from pipeline where org_id = ${ctx.actor.orgId} and id = ${input.pipeline} for update`.execute(ctx.db);
  const trigger =
    locked.rows.length === 0 ? null : await triggerById(ctx.db, ctx.actor.orgId, input.pipeline, input.id);
  if (trigger?.next_at == null || trigger.next_at > ctx.now) return null;
  await sql`
    update pipeline_trigger set next_at = ${nextInstant(trigger.document, ctx.now)}
    where org_id = ${trigger.org_id} and pipeline = ${trigger.pipeline} and id = ${trigger.id}`.execute(ctx.db);
  if (ctx.now.getTime() - trigger.next_at.getTime() > lookBackMs) return null;
  return createExecution(ctx, {
    pipeline: trigger.pipeline,
    trigger: {
      type: 'cron',
      triggerId: trigger.id,
      cronExpression: textField(trigger.document, 'cronExpression'),
      dueAt: trigger.next_at.toISOString(),
    },
    parameters: parametersOf(trigger),
    correlation: `cron/${trigger.id}/${trigger.next_at.toISOString()}`,
  });
}

/** A trigger whose pipeline refuses to start waits for its next instant. */
async function passBy({ core }: Pick<FireParts, 'core'>, trigger: TriggerRow): Promise<void> {
  await sql`
    update pipeline_trigger set next_at = ${nextInstant(trigger.document, core.clock.now())}
    where org_id = ${trigger.org_id} and pipeline = ${trigger.pipeline} and id = ${trigger.id}
      and next_at = ${trigger.next_at}`.execute(core.db);
}

/** Fixed parameters of a trigger. */
function parametersOf({ document }: TriggerRow): Readonly<Record<string, unknown>> {
  return isJsonObject(document['parameters']) ? document['parameters'] : {};
}

export interface WebhookEvent {
  readonly orgId: string;
  readonly source: string;
  readonly payload: unknown;
  readonly eventId: string;
  /** Only triggers for which this holds. */
  readonly accepts: (trigger: TriggerRow) => boolean;
}

/** Starts every pipeline that waits for this; answers how many. */
export async function fireWebhook(parts: FireParts, event: WebhookEvent): Promise<number> {
  const { orgId, source, payload, eventId } = event;
  const body = isJsonObject(payload) ? payload : {};
  let started = 0;
  for (const trigger of await triggersFor(parts.core.db, orgId, 'webhook', source)) {
    if (!event.accepts(trigger) || !payloadMatches(trigger.document, payload)) continue;
    const given = isJsonObject(body['parameters']) ? body['parameters'] : {};
    const isStarted = await startByTrigger(parts, orgId, {
      pipeline: trigger.pipeline,
      trigger: { type: 'webhook', source, payload, eventId, triggerId: trigger.id },
      parameters: { ...parametersOf(trigger), ...given },
      correlation: `webhook/${eventId}/${trigger.id}`,
    });
    if (isStarted) started += 1;
  }
  return started;
}

const statusNames: Readonly<Record<string, string>> = {
  SUCCEEDED: 'successful',
  TERMINAL: 'failed',
  CANCELED: 'canceled',
};

/** Starts the pipelines that wait for the end of this execution. */
export async function fireAfterExecution(
  parts: FireParts,
  { orgId, executionId }: { readonly orgId: string; readonly executionId: string },
): Promise<void> {
  const whole = await loadExecution(parts.core.db, orgId, executionId);
  if (whole === null) return;
  const { execution } = whole;
  const name = statusNames[execution.status];
  if (name === undefined) return;
  for (const trigger of await triggersFor(parts.core.db, orgId, 'pipeline', execution.pipeline)) {
    const wanted = Array.isArray(trigger.document['status']) ? (trigger.document['status'] as unknown[]) : [];
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await startByTrigger(parts, orgId, {
      pipeline: trigger.pipeline,
      trigger: {
        type: 'pipeline',
        triggerId: trigger.id,
        parentExecution: execution.id,
        parentPipelineId: execution.pipeline,
        parentStatus: execution.status,
        parentPipelineApplication: execution.application,
        parentPipelineName: execution.name,
      },
      parameters: { ...execution.trigger.parameters, ...parametersOf(trigger) },
      parent: { execution: execution.id, stage: '', depth: execution.depth + 1 },
      correlation: `pipeline/${execution.id}/${execution.ended_at?.getTime() ?? 0}/${trigger.id}`,
    });
  }
}

export interface CatalogJob {
  readonly orgId: string;
  readonly pipeline: string;
  readonly trigger: string;
  readonly eventId: string;
  readonly change: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Starts a pipeline for one change of the catalog, when the trigger's condition holds. */
export async function fireForChange(parts: FireParts, job: CatalogJob): Promise<void> {
  const { orgId, change, blueprint, entity, before, after } = job;
  const trigger = await triggerById(parts.core.db, orgId, job.pipeline, job.trigger);
  if (trigger === null) return;
  const facts = { change, blueprint, entity, before, after };
  const condition = textField(trigger.document, 'condition');
  if (condition !== '') {
    const holds = await evaluateCondition(parts.jq, condition, facts).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.kind === 'unavailable') throw error;
      return null;
    });
    if (holds !== true) return;
  }
  await startByTrigger(parts, orgId, {
    pipeline: trigger.pipeline,
    trigger: { type: 'catalog', triggerId: trigger.id, ...facts },
    parameters: { ...parametersOf(trigger) },
    correlation: `catalog/${job.eventId}/${trigger.id}`,
  });
}
