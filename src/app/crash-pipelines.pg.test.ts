import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LoggedEvent } from '#platform/events/event.ts';
import { eventsAfter } from '#platform/events/read-events.ts';
import type { SlackMessage } from '#sample/counterparts/slack/slack-channel-view.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { type ShownExecution, stageOf, stageStatuses } from '#testing/pipeline-desk.ts';
import { type SpawnedProgram, spawnedProgram } from '#testing/spawned-program.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

/** A lost job is noticed by its missing heartbeat, and a call that may still be under way is waited for. */
const recoveryMs = 150_000;
const channel = 'releases';

let slack: SlackCounterpart;
let receiver: WebhookReceiver;
let database: TestDatabase;
let program: SpawnedProgram;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: channel }],
    users: [{ name: 'judge', email: 'admin@example.com' }],
  });
});
beforeEach(async () => {
  database = await createTestDatabase();
  program = await spawnedProgram({
    DATABASE_URL: database.connectionString,
    QUAYSIDE_ADMIN_EMAIL: 'admin@example.com',
    QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
    QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
    QUAYSIDE_SLACK_API_URL: slack.apiUrl.replace(/\/+$/, ''),
    QUAYSIDE_EGRESS_ALLOW: [new URL(receiver.url).host, new URL(slack.origin).host].join(','),
  });
  slack.setInteractivityUrl(`${program.url}/notifications/callbacks/slack`);
  await program.start();
});
afterEach(async () => {
  slack.faults.clear();
  receiver.faults.clear();
  await program.remove();
  await database.drop();
});
afterAll(async () => {
  await slack.close();
  await receiver.close();
});

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await program.call(method, path, body);
  if (answer === null) throw new Error(`${method} ${path} was not answered`);
  return answer;
}

const after = (refId: string, requisites: readonly string[], type: string, fields: object): object => ({
  refId,
  requisiteStageRefIds: requisites,
  type,
  name: refId,
  ...fields,
});

function judged(refId: string, requisites: readonly string[]): object {
  const notifications = [{ type: 'slack', address: channel, when: ['manualJudgment'] }];
  return after(refId, requisites, 'manualJudgment', { sendNotifications: true, notifications });
}

function called(refId: string, requisites: readonly string[]): object {
  return after(refId, requisites, 'webhook', { url: `${receiver.url}${refId}`, payload: { step: refId } });
}

async function savePipeline(name: string, stages: readonly object[]): Promise<string> {
  const saved = await call('POST', '/api/v1/pipelines', { application: 'shop', name, stages });
  return (saved['pipeline'] as { id: string }).id;
}

async function start(pipeline: string): Promise<ShownExecution> {
  return (await call('POST', `/api/v1/pipelines/${pipeline}/executions`, {}))['execution'] as ShownExecution;
}

async function read(id: string): Promise<ShownExecution> {
  return (await call('GET', `/api/v1/executions/${id}`))['execution'] as ShownExecution;
}

async function becomes(id: string, passes: (execution: ShownExecution) => boolean): Promise<ShownExecution> {
  await expect
    .poll(async () => passes(await read(id)), { timeout: recoveryMs, interval: 250, message: `execution ${id}` })
    .toBe(true);
  return read(id);
}

interface LoggedStage {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
}

function stagesIn(document: LoggedEvent['after']): Readonly<Record<string, LoggedStage>> {
  return (document?.['stages'] ?? {}) as Readonly<Record<string, LoggedStage>>;
}

/** How often each attempt of each stage began, by the log. */
async function beginnings(): Promise<ReadonlyMap<string, number>> {
  const { kysely, pool } = database.database;
  const counted = new Map<string, number>();
  const [organisation] = (await pool.query<{ id: string }>('select id from organisation')).rows;
  for (const event of await eventsAfter(kysely, organisation?.id ?? '', 0, 100_000)) {
    if (!event.kind.startsWith('execution.')) continue;
    const before = stagesIn(event.before);
    for (const [refId, { id, status, attempt }] of Object.entries(stagesIn(event.after))) {
      const old = before[refId];
      const fresh = old === undefined || old.status === 'NOT_STARTED' || old.attempt !== attempt;
      if (fresh && status !== 'NOT_STARTED')
        counted.set(`${id}/${attempt}`, (counted.get(`${id}/${attempt}`) ?? 0) + 1);
    }
  }
  return counted;
}

async function cards(text: string): Promise<readonly SlackMessage[]> {
  return (await slack.listMessages(channel)).filter((each) => JSON.stringify(each.blocks).includes(text));
}

const hasButtons = ({ blocks }: SlackMessage): boolean => JSON.stringify(blocks).includes('approval:approve');

test('killed at random points, every execution goes on where it was and no stage is done twice', async () => {
  const name = 'Rolls';
  const pipeline = await savePipeline(name, [
    after('name', [], 'evaluateVariables', { variables: [{ key: 'n', value: '{{ .execution.number }}' }] }),
    called('announce', ['name']),
    judged('ask', ['announce']),
    after('soak', ['ask'], 'wait', { waitTime: 1 }),
    called('deploy', ['ask']),
    after('joined', ['soak', 'deploy'], 'checkPreconditions', {
      preconditions: [{ type: 'expression', context: { expression: '.stages.soak.status == "SUCCEEDED"' } }],
    }),
  ]);
  const kills = 4;
  let killed = 0;
  let over = false;
  const started: string[] = [];
  let reached: (() => void) | undefined;

  /** Starts without end while there is something to kill; what was not answered is asked again. */
  async function starting(): Promise<void> {
    while (killed < kills) {
      const begun = await program.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {});
      if (begun === null) continue;
      started.push((begun['execution'] as ShownExecution).id);
      reached?.();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  async function judging(): Promise<void> {
    while (!over) {
      const answer = await program.call('GET', '/api/v1/executions?awaiting=true&limit=20');
      for (const { id } of (answer?.['executions'] ?? []) as ShownExecution[]) {
        // Somebody who asks again because nobody answered may come second.
        await program
          .call('POST', `/api/v1/executions/${id}/stages/ask/judgment`, { verdict: 'continue' })
          .catch((error: unknown) => expect(String(error)).toContain('409'));
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const work = Promise.all([starting(), judging()]);
  for (; killed < kills; killed += 1) {
    await new Promise<void>((resolve) => (reached = resolve));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2_000));
    await program.stop('SIGKILL');
    await program.start();
  }

  const ends = async (): Promise<Record<string, number>> => {
    const found = await database.database.pool.query<{ status: string; times: number }>(
      'select status, count(*)::int as times from execution group by status',
    );
    return Object.fromEntries(found.rows.map(({ status, times }) => [status, times]));
  };
  await expect
    .poll(async () => Object.keys(await ends()).filter((status) => status === 'RUNNING' || status === 'NOT_STARTED'), {
      timeout: recoveryMs,
      interval: 500,
    })
    .toEqual([]);
  over = true;
  await work;

  // A call whose outcome the crash swallowed is not made again: its stage says so, and nothing else ever fails.
  const all = await database.database.pool.query<{ id: string }>('select id from execution');
  expect(all.rows.map(({ id }) => id)).toEqual(expect.arrayContaining(started));
  for (const { id } of all.rows) {
    const execution = await read(id);
    const failed = execution.stages.filter(({ status }) => status === 'TERMINAL');
    for (const stage of failed) expect(stage.error).toContain('it is not made again');
    expect(execution.status).toBe(failed.length === 0 ? 'SUCCEEDED' : 'TERMINAL');
  }
  const begun = [...(await beginnings()).values()];
  expect(begun.length).toBeGreaterThan(started.length * 4);
  expect(begun.filter((times) => times !== 1)).toEqual([]);
  const keys = receiver.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys.length).toBe(new Set(keys).size);
  // At most one card for each judgment, and none of them still asks.
  await expect
    .poll(async () => (await cards(name)).filter(hasButtons).length, { timeout: recoveryMs, interval: 500 })
    .toBe(0);
  // A judgment that was made before its card could be posted needs none.
  const states = async (): Promise<readonly string[]> => {
    const found = await database.database.pool.query<{ state: string }>(`select state from slack_approval_message`);
    return found.rows.map(({ state }) => state);
  };
  await expect
    .poll(async () => (await states()).filter((state) => state !== 'posted' && state !== 'needless'), {
      timeout: recoveryMs,
      interval: 500,
    })
    .toEqual([]);
  expect((await cards(name)).length).toBe((await states()).filter((state) => state === 'posted').length);
}, 400_000);

test('killed between a decision and the next stage, it goes on after the start', async () => {
  const { id } = await start(await savePipeline('Held', [judged('ask', []), called('next', ['ask'])]));
  // Whoever writes the execution waits behind this lock; the decision about its judgment does not.
  const client = await database.database.pool.connect();
  await client.query('begin');
  await client.query('select 1 from execution where id = $1 for update', [id]);
  const judging = program.call('POST', `/api/v1/executions/${id}/stages/ask/judgment`, { verdict: 'continue' });
  await expect
    .poll(async () => (await database.database.pool.query(`select state from approval`)).rows, { timeout: 20_000 })
    .toEqual([{ state: 'approved' }]);
  await program.stop('SIGKILL');
  await judging;
  await client.query('rollback');
  client.release();
  const before = await database.database.pool.query(`select status, ref_id from stage order by position`);
  expect(before.rows.map((row: { status: string }) => row.status)).toEqual(['RUNNING', 'NOT_STARTED']);
  await program.start();
  const over = await becomes(id, ({ status }) => status === 'SUCCEEDED');
  expect(stageStatuses(over)).toEqual({ ask: 'SUCCEEDED', next: 'SUCCEEDED' });
  expect(receiver.requests.filter(({ path }) => path === '/next')).toHaveLength(1);
  expect([...(await beginnings()).values()]).toEqual([1, 1]);
}, 300_000);

test('killed between a decision and its message, the card catches up and is not posted again', async () => {
  const { id } = await start(
    await savePipeline('Told', [judged('ask', []), after('next', ['ask'], 'wait', { waitTime: 0 })]),
  );
  await expect.poll(async () => (await cards('Told')).filter(hasButtons).length, { timeout: 60_000 }).toBe(1);
  const [card] = await cards('Told');
  const update = slack.faults.add(
    { kind: 'silence', after: 'receipt' },
    { match: ({ path }) => path.includes('chat.update') },
  );
  const clicked = await slack.click({ channel, ts: card?.ts ?? '', actionId: 'approval:reject', user: 'judge' });
  expect(clicked.status).toBe(200);
  await expect.poll(() => update.hits, { timeout: 60_000 }).toBeGreaterThan(0);
  await program.stop('SIGKILL');
  slack.faults.clear();
  expect((await cards('Told')).map(hasButtons)).toEqual([true]);
  await program.start();
  await expect
    .poll(async () => (await cards('Told')).map(hasButtons), { timeout: recoveryMs, interval: 500 })
    .toEqual([false]);
  const over = await becomes(id, ({ status }) => status === 'TERMINAL');
  expect(stageOf(over, 'ask').context).toMatchObject({ judgmentStatus: 'stop', judgedThrough: 'slack' });
}, 300_000);

test('killed while a call is made or its status is followed, nothing is called twice', async () => {
  let looks = 0;
  let mayEnd = false;
  receiver.answerWith((request) => {
    if (request.method === 'POST') return { status: 202, headers: { location: '/status' } };
    looks += 1;
    return { body: { state: mayEnd ? 'done' : 'rolling' } };
  });
  const followed = {
    url: `${receiver.url}followed`,
    waitForCompletion: true,
    statusUrlResolution: 'locationHeader',
    statusJsonPath: '$.state',
    successStatuses: 'done',
  };
  const { id } = await start(await savePipeline('Followed', [after('follow', [], 'webhook', followed)]));
  await expect.poll(() => looks, { timeout: 60_000 }).toBeGreaterThan(1);
  await program.stop('SIGKILL');
  await program.start();
  mayEnd = true;
  await becomes(id, ({ status }) => status === 'SUCCEEDED');
  expect(receiver.requests.filter(({ path }) => path === '/followed')).toHaveLength(1);

  receiver.faults.add({ kind: 'silence', after: 'receipt' }, { match: ({ path }) => path === '/lost' });
  const lost = await start(await savePipeline('Lost', [called('lost', [])]));
  await expect.poll(() => receiver.requests.filter(({ path }) => path === '/lost').length, { timeout: 60_000 }).toBe(1);
  await program.stop('SIGKILL');
  receiver.faults.clear();
  await program.start();
  const over = await becomes(lost.id, ({ status }) => status === 'TERMINAL');
  expect(stageOf(over, 'lost').error).toContain('it is not made again');
  expect(receiver.requests.filter(({ path }) => path === '/lost')).toHaveLength(1);
}, 400_000);
