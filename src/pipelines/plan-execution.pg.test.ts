import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { eventsAfter } from '#platform/events/read-events.ts';
import { pipelineDesk, type PipelineDesk, type ShownExecution } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

const clock = settableClock(new Date());
let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  app = await startTestApp({ clock });
  desk = pipelineDesk(app);
});
const begin = clock.now();
afterAll(async () => app.stop());

const passing = new Set(['SUCCEEDED', 'SKIPPED', 'FAILED_CONTINUE']);
/** Seconds; short, since tokens run out by the same clock. */
const waitTime = 120;

/** One stage of a random pipeline: what it does, and what its failing means. */
const work = fc.constantFrom<object>(
  { type: 'evaluateVariables', variables: [{ key: 'v', value: '{{ .stage.attempt }}' }] },
  { type: 'checkPreconditions', preconditions: [{ type: 'expression', context: { expression: 'true' } }] },
  {
    type: 'checkPreconditions',
    preconditions: [{ type: 'expression', context: { expression: '.stage.attempt > 1' } }],
  },
  { type: 'evaluateVariables', variables: [], stageEnabled: { type: 'expression', expression: 'false' } },
  { type: 'manualJudgment' },
  { type: 'wait', waitTime, skippable: true },
);
const failure = fc.constantFrom<object>(
  {},
  { failPipeline: false, continuePipeline: true },
  { failPipeline: false, continuePipeline: false },
  { failPipeline: false, continuePipeline: false, completeOtherBranchesThenFail: true },
);
const pipelines = fc.integer({ min: 1, max: 6 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, at) =>
      fc
        .tuple(work, failure, fc.subarray(Array.from({ length: at }, (__, before) => `s${before}`)))
        .map(([fields, onFailure, after]) => ({
          refId: `s${at}`,
          name: `S${at}`,
          requisiteStageRefIds: after,
          ...fields,
          ...onFailure,
        })),
    ),
  ),
);

/** What people do and what befalls the program. A crash loses every job that was to come. */
const moves = fc.array(
  fc.record({
    what: fc.constantFrom(
      'continue',
      'stop',
      'skip-wait',
      'skip',
      'pause',
      'resume',
      'restart',
      'restart',
      'cancel',
      'time',
    ),
    at: fc.nat(20),
    fate: fc.constantFrom('settle', 'settle-twice', 'crash'),
  }),
  { maxLength: 12 },
);

async function sweep(): Promise<void> {
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  for (const name of ['approval-timers', 'pipeline-sweep']) await chores.find((chore) => chore.name === name)?.run();
}

async function move(id: string, { what, at }: { readonly what: string; readonly at: number }): Promise<void> {
  if (what === 'time') return clock.advance(waitTime * 1000);
  const { stages } = await desk.read(id);
  const stage = `/api/v1/executions/${id}/stages/${stages[at % stages.length]?.refId}`;
  const answer =
    what === 'continue' || what === 'stop'
      ? await app.call('POST', `${stage}/judgment`, { verdict: what })
      : ['restart', 'skip', 'skip-wait'].includes(what)
        ? await app.call('POST', `${stage}/${what}`)
        : await app.call('POST', `/api/v1/executions/${id}/${what}`, what === 'cancel' ? {} : undefined);
  expect([200, 409]).toContain(answer.status);
}

/** What became of the move: readers and jobs see to it, also twice at once, or a crash takes them and the sweep does. */
async function settleAfter(fate: string): Promise<void> {
  if (fate === 'settle-twice') await Promise.all([app.settle(), sweep(), app.settle()]);
  else if (fate === 'crash') {
    clock.advance(61_000);
    await sweep();
  }
  await app.settle();
}

async function assertSound(id: string): Promise<ShownExecution> {
  const execution = await desk.read(id);
  const running = execution.stages.filter(({ status }) => status === 'RUNNING');
  const ended = ['SUCCEEDED', 'TERMINAL', 'CANCELED'].includes(execution.status);
  if (ended) expect(running).toEqual([]);
  // It does not stand still: something of it runs, and what runs waits for something that will come.
  if (execution.status === 'RUNNING') expect(running.length).toBeGreaterThan(0);
  for (const stage of running) expect(stage.waitsFor).not.toBeNull();
  if (execution.status === 'SUCCEEDED') {
    expect(execution.stages.filter(({ status }) => status === 'TERMINAL' || status === 'CANCELED')).toEqual([]);
  }
  // Exactly what waits for a judgment is asked about; what was decided during a pause counts when it goes on.
  const open = await app.database.database.pool.query<{ id: string }>(
    `select approval.id from approval join stage on stage.id = approval.subject_id
     where stage.execution = $1 and approval.state = 'open' order by approval.id`,
    [id],
  );
  const awaited = running.flatMap(({ waitsFor }) => (waitsFor?.for === 'approval' ? [waitsFor.id] : []));
  const asked = open.rows.map((row) => row.id);
  if (execution.status === 'PAUSED') expect(awaited).toEqual(expect.arrayContaining(asked));
  else expect(asked).toEqual(awaited.toSorted());
  return execution;
}

type Logged = Readonly<Record<string, { readonly status: string; readonly attempt: number }>>;

function begunBetween(before: Logged, after: Logged): readonly { readonly refId: string; readonly attempt: number }[] {
  return Object.entries(after).flatMap(([refId, { status, attempt }]) => {
    const old = before[refId];
    const fresh = old === undefined || old.status === 'NOT_STARTED' || old.attempt !== attempt;
    return fresh && status !== 'NOT_STARTED' ? [{ refId, attempt }] : [];
  });
}

const isOver = (status: unknown): boolean => ['SUCCEEDED', 'TERMINAL', 'CANCELED'].includes(String(status));

/** By the log: no attempt of a stage began twice, and none before everything it comes after had passed. */
async function assertHistory(id: string, requisites: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const begun = new Set<string>();
  let endings = 0;
  let beginnings = 1;
  for (const event of await eventsAfter(app.app.core.db, app.orgId, 0, 1_000_000)) {
    if (event.subject !== `execution:${id}` || event.after === null) continue;
    const before = (event.before?.['stages'] ?? {}) as Logged;
    const after = event.after['stages'] as Logged;
    if (event.kind === 'execution.ended') endings += 1;
    if (isOver(event.before?.['status']) && !isOver(event.after['status'])) beginnings += 1;
    for (const { refId, attempt } of begunBetween(before, after)) {
      expect(begun.has(`${refId}/${attempt}`), `${refId} began attempt ${attempt} twice`).toBe(false);
      begun.add(`${refId}/${attempt}`);
      const early = (requisites.get(refId) ?? []).filter((each) => !passing.has(after[each]?.status ?? ''));
      expect(early, `what ${refId} began before`).toEqual([]);
    }
  }
  // It ends once for each time that it began.
  expect(endings).toBe(beginnings);
}

test('whatever people do and wherever it crashes, an execution stays sound and comes to its end', async () => {
  await fc.assert(
    fc.asyncProperty(pipelines, moves, async (stages, all) => {
      clock.set(begin);
      const pipeline = await desk.save(stages);
      const { id } = await desk.start(pipeline);
      for (const each of all) {
        await move(id, each);
        await settleAfter(each.fate);
        await assertSound(id);
      }
      // Left to people who let it go on, it ends.
      for (let rounds = 0; rounds <= stages.length * 2; rounds += 1) {
        const { status, stages: now } = await desk.read(id);
        if (status === 'PAUSED') await move(id, { what: 'resume', at: 0 });
        for (const [at, stage] of now.entries()) {
          if (stage.status === 'RUNNING')
            await move(id, { what: stage.waitsFor?.for === 'approval' ? 'continue' : 'skip-wait', at });
        }
        await settleAfter('settle');
      }
      const over = await assertSound(id);
      expect(['SUCCEEDED', 'TERMINAL', 'CANCELED']).toContain(over.status);
      await assertHistory(id, new Map(stages.map((stage) => [stage.refId, stage.requisiteStageRefIds])));
    }),
    { numRuns: 20 },
  );
}, 300_000);
