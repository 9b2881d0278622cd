import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SpawnedProgram, spawnedProgram } from '#testing/spawned-program.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const askers = 4;
const runsEach = 50;
const kills = 3;
/** A lost job is noticed by its missing heartbeat, after some 25 seconds. */
const recoveryMs = 150_000;

let receiver: WebhookReceiver;
let program: SpawnedProgram;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  program = await spawnedProgram({ QUAYSIDE_EGRESS_ALLOW: new URL(receiver.url).host });
});
afterAll(async () => {
  await program.remove();
  await receiver.close();
});

const pause = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Until the program answers; it may be down, or go down meanwhile. */
async function insist(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await program.call(method, path, body);
    if (answer !== null) return answer;
    await pause();
  }
}

/** The backend: it ends every run it is called for, as soon as the program can hear it. */
async function endRun(id: string): Promise<void> {
  await insist('POST', `/v1/actions/runs/${id}/logs`, { message: 'Done.', terminationStatus: 'SUCCESS' }).catch(
    (error: unknown) => {
      // An answer that was lost with the program: the line had ended the run already.
      if (!String(error).includes('run_exhausted')) throw error;
    },
  );
}

const acknowledged: string[] = [];
const milestones: { readonly at: number; readonly reached: () => void }[] = [];

async function askForRuns(): Promise<void> {
  for (let count = 0; count < runsEach; count += 1) {
    const { run } = await insist('POST', '/v1/actions/deploy/runs', { properties: {} });
    acknowledged.push((run as { id: string }).id);
    for (const milestone of milestones) if (milestone.at === acknowledged.length) milestone.reached();
  }
}

/** At random points of the work, with runs asked for, on their way and being ended. */
async function killNowAndThen(): Promise<readonly number[]> {
  const points = Array.from({ length: kills }, (_, index) => {
    const share = askers * runsEach * (1 / kills);
    return Math.floor(share * (index + 0.2 + Math.random() * 0.6));
  });
  for (const at of points) {
    await new Promise<void>((resolve) => milestones.push({ at, reached: resolve }));
    await program.stop('SIGKILL');
    await program.start();
  }
  return points;
}

interface SeenRun {
  readonly id: string;
  readonly status: string;
  readonly statusLabel: string | null;
}

async function allRuns(): Promise<readonly SeenRun[]> {
  return (await insist('GET', '/v1/actions/runs?version=v2&limit=1000'))['runs'] as readonly SeenRun[];
}

/** Ended by its backend, or open and saying that nobody knows whether the backend was called. */
function isExplained({ status, statusLabel }: SeenRun): boolean {
  return status === 'SUCCESS' || (status === 'IN_PROGRESS' && statusLabel === 'Delivery unknown');
}

test(
  'kill -9 at random points loses no acknowledged run, calls no backend twice and leaves none hanging',
  { timeout: 400_000 },
  async () => {
    await program.start();
    await insist('POST', '/v1/actions', {
      identifier: 'deploy',
      trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
      invocationMethod: { type: 'WEBHOOK', url: receiver.url },
    });
    const ends: Promise<void>[] = [];
    receiver.answerWith((request) => {
      ends.push(endRun(String(request.headers['run_id'])));
      return {};
    });
    const [points] = await Promise.all([killNowAndThen(), ...Array.from({ length: askers }, askForRuns)]);
    await expect
      .poll(async () => (await allRuns()).filter((run) => !isExplained(run)), { timeout: recoveryMs, interval: 500 })
      .toEqual([]);
    await Promise.all(ends);

    const runs = new Map((await allRuns()).map((run) => [run.id, run]));
    const killed = `killed at ${points.join(', ')}`;
    expect(new Set(acknowledged).size, killed).toBe(askers * runsEach);
    expect(
      acknowledged.filter((id) => !runs.has(id)),
      killed,
    ).toEqual([]);
    const called = receiver.requests.map((request) => String(request.headers['run_id']));
    expect(new Set(called).size, killed).toBe(called.length);
    // Who was not called says so; who ended was called, and says in its log that it is done, once.
    for (const { id, status } of runs.values()) {
      const { runLogs } = await insist('GET', `/v1/actions/runs/${id}/logs`);
      const lines = (runLogs as { message: string }[]).map(({ message }) => message);
      const done = lines.filter((line) => line === 'Done.').length;
      expect({ id, done, told: lines.length > 0 }, killed).toEqual({
        id,
        done: status === 'SUCCESS' ? 1 : 0,
        told: true,
      });
      if (status === 'SUCCESS') expect(called).toContain(id);
    }
    expect([...runs.values()].filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(
      askers * runsEach * 0.8,
    );
  },
);
