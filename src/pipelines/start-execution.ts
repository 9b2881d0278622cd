import { sql } from 'kysely';
import { createKeyedBatcher } from '#platform/batcher.ts';
import { type Caller, maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { Problem } from '#platform/problem.ts';
import type { EngineParts, Planned } from './advance-execution.ts';
import {
  assertMayStart,
  assertStartable,
  concurrencyLimit,
  createExecution,
  newExecution,
  type NewExecution,
} from './create-execution.ts';
import type { WholeExecution } from './execution.ts';
import { insertExecutions, type NewWhole } from './execution-store.ts';
import type { PipelineRow } from './pipeline.ts';
import { loadPipeline, lockPipelineState } from './pipeline-store.ts';
import { type Plan, planExecution } from './plan-execution.ts';

export interface StartRequest {
  readonly caller: Caller;
  readonly input: Pick<NewExecution, 'pipeline' | 'trigger' | 'parameters' | 'parent' | 'correlation'>;
}

export interface Started {
  readonly id: string;
  /** As it stands, when it went as far as it comes; otherwise whoever asked goes on with it. */
  readonly done: WholeExecution | null;
  /** What was worked out on the way and not written yet. */
  readonly planned: Planned | null;
}

export type StartExecution = (request: StartRequest) => Promise<Started>;

type Outcome = { readonly started: Started } | { readonly error: unknown };

/** So many in one transaction, which stays short. */
const mostTogether = 50;
/** What takes longer to work out is written as it begins, so that nobody waits for the expressions of another. */
const patienceMs = 100;

/**
 * Starts executions that whoever asks goes on with at once. Those of one pipeline that are asked for by the same caller
 * at the same time are one transaction, and what needs nothing but evaluating is worked out before: an execution of
 * local stages is written once, as it ends. Everything that is out of the ordinary, refusals above all, goes the way
 * of a single start.
 */
export function executionStarts(parts: Omit<EngineParts, 'batches'>): StartExecution {
  const ask = createKeyedBatcher<StartRequest, Outcome>(
    ({ caller, input }) => JSON.stringify([caller.actor, caller.origin, input.pipeline]),
    async (requests) => startTogether(parts, requests),
    mostTogether,
  );
  return async (request) => {
    const outcome = await ask(request);
    if ('error' in outcome) throw outcome.error;
    return outcome.started;
  };
}

interface Draft {
  readonly request: StartRequest;
  readonly whole: WholeExecution;
  readonly making: Promise<Plan | null>;
  /** Null while it is not known, and when it has to be written by itself. */
  readonly plan: Plan | null;
}

async function startTogether(
  parts: Omit<EngineParts, 'batches'>,
  requests: readonly StartRequest[],
): Promise<readonly Outcome[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const pipeline = await loadPipeline(parts.core.db, first.caller.actor.orgId, first.input.pipeline);
  const drafts = pipeline === null ? [] : await draftAll(parts, pipeline, requests);
  const outcomes = pipeline === null ? [] : await writeDrafts(parts, { pipeline, drafts }, first.caller);
  const byRequest = new Map(outcomes.map((each, at) => [drafts[at]?.request, each]));
  return Promise.all(requests.map(async (request) => byRequest.get(request) ?? startAlone(parts, request)));
}

/** None when it was refused: each hears by itself why. What failed otherwise may be written, and is not tried again. */
async function writeDrafts(
  { core }: Omit<EngineParts, 'batches'>,
  input: StartInput,
  caller: Caller,
): Promise<readonly Outcome[]> {
  if (input.drafts.length === 0) return [];
  try {
    const started = await core.runner.execute({ ...caller, requestId: null }, startExecutions, input);
    return (started ?? []).map((each) => ({ started: each }));
  } catch (error) {
    return error instanceof Problem ? [] : input.drafts.map(() => ({ error }));
  }
}

async function startAlone({ core }: Omit<EngineParts, 'batches'>, { caller, input }: StartRequest): Promise<Outcome> {
  try {
    const { id } = await core.runner.execute(caller, createExecution, { ...input, goesOn: true });
    return { started: { id, done: null, planned: null } };
  } catch (error) {
    return { error };
  }
}

/** Of those that can be started together, as they will be numbered if nobody else starts one meanwhile. */
async function draftAll(
  parts: Omit<EngineParts, 'batches'>,
  pipeline: PipelineRow,
  requests: readonly StartRequest[],
): Promise<readonly Draft[]> {
  // How many may run is counted one after the other.
  if (concurrencyLimit(pipeline.document) !== null) return [];
  const now = parts.core.clock.now();
  const asked = new Set<string>();
  const begun = requests.flatMap((request) => {
    const { correlation = null } = request.input;
    // Asked twice with the same one it starts once: the second is told of the first.
    if (correlation !== null && asked.has(correlation)) return [];
    if (correlation !== null) asked.add(correlation);
    try {
      return [
        { request, whole: newExecution({ actor: request.caller.actor, now }, pipeline, request.input, 'RUNNING') },
      ];
    } catch {
      return [];
    }
  });
  let patience: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    patience = setTimeout(() => resolve(null), patienceMs);
  });
  const drafts = begun.map(async ({ request, whole: given }, at): Promise<Draft> => {
    const whole = numbered(given, pipeline.last_number + 1 + at);
    const making = planExecution(parts, whole, now);
    const plan = await Promise.race([making, over]).catch(() => null);
    const isWhole = plan !== null && plan.effects.length === 0 && !plan.more;
    return { request, whole, making, plan: isWhole ? plan : null };
  });
  const made = await Promise.all(drafts);
  clearTimeout(patience);
  return made;
}

function numbered({ execution, stages }: WholeExecution, number: number): WholeExecution {
  return { execution: { ...execution, number }, stages };
}

interface StartInput {
  /** As the drafts were made from it. */
  readonly pipeline: PipelineRow;
  readonly drafts: readonly Draft[];
}

maybeSilent(startExecutions);

/** Null when the pipeline is another one by now, or what was asked for by correlation is there already. */
async function startExecutions(
  ctx: WriteContext,
  { pipeline, drafts }: StartInput,
): Promise<readonly Started[] | null> {
  const state = await lockPipelineState(ctx, pipeline.id);
  if (state?.version !== pipeline.version) return null;
  await assertMayStart(ctx, pipeline, { resource: 'pipeline', id: pipeline.id });
  for (const { whole } of drafts) assertStartable(pipeline, whole.execution.depth);
  if (await anyStarted(ctx, pipeline, drafts)) return null;
  // Numbers may stand in expressions: what was worked out with another one does not count.
  const holds = state.last_number === pipeline.last_number;
  const given = drafts.map(({ request, whole, plan }, at) => ({
    begun: holds ? whole : numbered(whole, state.last_number + 1 + at),
    requestId: request.caller.requestId,
    ...(holds && plan !== null ? { change: changeOf(plan, ctx.now) } : {}),
  }));
  const written = await insertExecutions(ctx, given, { goesOn: true });
  return written.map((whole, at): Started => {
    const draft = drafts[at];
    const isDone = given[at]?.change !== undefined;
    return {
      id: whole.execution.id,
      done: isDone ? whole : null,
      planned: isDone || !holds || draft === undefined ? null : { whole, plan: draft.making },
    };
  });
}

/** The pipeline is locked, so that nobody starts one meanwhile. */
async function anyStarted(ctx: WriteContext, pipeline: PipelineRow, drafts: readonly Draft[]): Promise<boolean> {
  const correlations = drafts.flatMap(({ request }) => request.input.correlation ?? []);
  if (correlations.length === 0) return false;
  const found = await sql`
    select 1 from execution where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id}
      and correlation = any(${correlations}::text[]) limit 1`.execute(ctx.db);
  return found.rows.length > 0;
}

function changeOf({ stages, ended }: Plan, now: Date): NonNullable<NewWhole['change']> {
  return { stages, byEngine: true, ...(ended === null ? {} : { columns: { status: ended, ended_at: now } }) };
}
