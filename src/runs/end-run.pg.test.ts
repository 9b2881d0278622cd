import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import type { Command } from '#platform/commands/write-context.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun, saveAction } from '#testing/test-action.ts';
import type { DispatchOutcome, FollowOutcome } from './backend.ts';
import { recordDispatch } from './record-dispatch.ts';
import { endOverdueRun } from './end-overdue-runs.ts';
import { recordFollow } from './record-follow.ts';

let app: TestApp;
let action: string;
beforeAll(async () => {
  app = await startTestApp();
  action = await saveAction(app, { type: 'KAFKA' }, { timeLimitMinutes: 1 });
});
afterAll(async () => app.stop());

const status = fc.constantFrom('SUCCESS' as const, 'FAILURE' as const);
const attempt = fc.oneof(
  fc.record({ by: fc.constant('patch' as const), status }),
  fc.record({ by: fc.constant('log' as const), status }),
  fc.record({ by: fc.constant('dispatch' as const), status }),
  fc.record({ by: fc.constant('follow' as const), status }),
  fc.record({ by: fc.constantFrom('timeout' as const, 'cancel' as const), status: fc.constant('FAILURE' as const) }),
  fc.record({ by: fc.constantFrom('label' as const, 'line' as const), status: fc.constant(null) }),
  fc.record({ by: fc.constantFrom('called' as const, 'unknown' as const), status: fc.constant(null) }),
);
type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never;

/** By a job: what the backend said, or what following it showed. */
async function asJob<Input, Result>(command: Command<Input, Result>, input: Input): Promise<Result> {
  const caller = { actor: systemActor(app.orgId, 'runs'), origin: 'SYSTEM', requestId: null } as const;
  return app.app.core.runner.execute(caller, command, input);
}

/** Whether this attempt was accepted; jobs that come too late are silent. */
async function carryOut(id: string, { by, status: end }: Attempt, at: number): Promise<boolean> {
  const path = `/v1/actions/runs/${id}`;
  switch (by) {
    case 'patch':
      return (await app.call('PATCH', path, { status: end, statusLabel: `${by} ${at}` })).status === 200;
    case 'log': {
      const line = { message: `last ${at}`, terminationStatus: end, statusLabel: `${by} ${at}` };
      return (await app.call('POST', `${path}/logs`, line)).status === 201;
    }
    case 'label':
      return (await app.call('PATCH', path, { summary: `${at}` })).status === 200;
    case 'line':
      return (await app.call('POST', `${path}/logs`, { message: `line ${at}` })).status === 201;
    case 'follow': {
      const outcome: FollowOutcome = { outcome: 'ended', status: end, statusLabel: `${by} ${at}`, log: [`last ${at}`] };
      await asJob(recordFollow, { id, outcome });
      return true;
    }
    case 'timeout':
      await asJob(endOverdueRun, { id });
      return true;
    case 'cancel':
      return (await app.call('POST', `${path}/cancel`)).status === 200;
    default: {
      const ended = { outcome: 'ended', status: end, statusLabel: `${by} ${at}`, log: [`last ${at}`] };
      const outcome = by === 'dispatch' ? ended : { outcome: by, log: [] };
      await asJob(recordDispatch, { id, outcome: outcome as DispatchOutcome });
      return true;
    }
  }
}

function labelOf({ by }: Attempt, at: number): string {
  return by === 'timeout' ? 'Timed out' : by === 'cancel' ? 'Cancelled' : `${by} ${at}`;
}

/** Jobs that come too late are silent; people hear whether theirs was the end. */
function isTold(by: Attempt['by']): boolean {
  return by === 'patch' || by === 'log' || by === 'cancel';
}

function lastLineOf(winner: { readonly by: Attempt['by']; readonly at: number } | undefined): unknown {
  if (winner?.by === 'timeout') return expect.stringContaining('within the 1 minute');
  return winner?.by === 'cancel' ? expect.stringContaining('Cancelled') : `last ${winner?.at}`;
}

test('a run ends exactly once, whoever tries at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 8 }), async (attempts) => {
      const { id } = await begin(app, action);
      // Its time is over, and nothing was sent yet: it may be cancelled until somebody says it was.
      await sql`update run set deadline = created_at where id = ${id}`.execute(app.app.core.db);
      const accepted = await Promise.all(attempts.map(async (each, at) => carryOut(id, each, at)));

      const tried = attempts.map((each, at) => ({ ...each, at, label: labelOf(each, at) }));
      // Cancelling is refused once it is too late, all others end a run that is open.
      const ending = tried.filter(({ by, status: end, at }) => end !== null && (by !== 'cancel' || accepted[at]));
      const run = await readRun(app, id);
      const events = await sql<{ kind: string; after: { status: string } }>`
        select kind, after from event where subject = ${`run:${id}`} order by number`.execute(app.app.core.db);
      const ended = events.rows.filter(({ kind }) => kind === 'run.ended');
      expect(ended).toHaveLength(ending.length === 0 ? 0 : 1);
      expect(run['endedAt'] === null).toBe(ending.length === 0);
      if (ending.length === 0) return;

      // The label says whose end it was; it has that one's status, and of those who were told, only that one was accepted.
      const winner = ending.find(({ label }) => run.statusLabel === label);
      expect(run.status).toBe(winner?.status);
      const told = ending.filter(({ by, at }) => isTold(by) && accepted[at] === true);
      expect(told.map(({ label }) => label)).toEqual(winner !== undefined && isTold(winner.by) ? [winner.label] : []);
      // Nothing stands in the log after its last line.
      const lastLines = (await readLog(app, id)).filter((line) => /^(last|The run did not end|Cancelled)/.test(line));
      expect(lastLines).toEqual(winner?.by === 'patch' ? [] : [lastLineOf(winner)]);
      expect(events.rows.at(-1)?.kind).toBe('run.ended');
    }),
    { numRuns: 30 },
  );
});

test('what was sealed for the backend is forgotten at the end', async () => {
  const sealed = async (id: string): Promise<unknown> => {
    const found = await sql<{ sealed: unknown }>`
      select sealed_invocation as sealed from run where id = ${id}`.execute(app.app.core.db);
    return found.rows[0]?.sealed;
  };
  const { id } = await begin(app, action);
  expect(await sealed(id)).toEqual(expect.any(String));
  await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
  expect(await sealed(id)).toBeNull();
});
