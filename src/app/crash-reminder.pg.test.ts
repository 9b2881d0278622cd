import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { type SpawnedProgram, spawnedProgram } from '#testing/spawned-program.ts';

const channel = 'reminders';
/** A lost job is noticed by its missing heartbeat, after some 25 seconds. */
const recoveryMs = 120_000;

let slack: SlackCounterpart;
let program: SpawnedProgram;
beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, channels: [{ name: channel }] });
});
afterEach(async () => program.remove());
afterAll(async () => slack.close());

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await program.call(method, path, body);
  if (answer === null) throw new Error(`${method} ${path} was not answered`);
  return answer;
}

/** A service that fails a rule, and the action that reminds of it. */
async function prepare(): Promise<void> {
  await call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema: { properties: {} } });
  await call('POST', '/v1/blueprints/service/scorecards', {
    identifier: 'Ready',
    title: 'Readiness',
    rules: [
      {
        identifier: 'owner',
        title: 'Owner',
        level: 'Bronze',
        query: { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: '$team' }] },
      },
    ],
  });
  await call('POST', '/v1/blueprints/service/entities', { identifier: 'shop', title: 'Shop' });
  await call('POST', '/v1/actions', {
    identifier: 'remind',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
    invocationMethod: {
      type: 'SCORECARD_REMINDER',
      blueprintIdentifier: 'service',
      scorecardIdentifier: 'Ready',
    },
  });
}

/** Executes the reminder and kills the program when Slack has the message and the program has no answer yet. */
async function killWhileReminding(): Promise<string> {
  const already = (await slack.listMessages(channel)).length;
  slack.faults.add({ kind: 'silence', after: 'effect' }, { match: posts, times: 1 });
  const begun = await call('POST', '/v1/actions/remind/runs', { properties: {} });
  await expect.poll(async () => (await slack.listMessages(channel)).length, { timeout: 20_000 }).toBe(already + 1);
  await program.stop('SIGKILL');
  slack.faults.clear();
  await program.start();
  return (begun['run'] as { id: string }).id;
}

const posts = ({ url }: { readonly url: string }): boolean => /chat\.postMessage|\/services\//.test(url);

async function run(id: string): Promise<Record<string, unknown>> {
  const answer = await call('GET', `/v1/actions/runs/${id}?version=v2`);
  return answer['run'] as Record<string, unknown>;
}

test('killed while the bot posts: the message is found again, stands once, and the run succeeds', async () => {
  program = await spawnedProgram({
    QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
    QUAYSIDE_SLACK_CHANNEL: channel,
    QUAYSIDE_SLACK_API_URL: slack.apiUrl.replace(/\/+$/, ''),
    QUAYSIDE_EGRESS_ALLOW: new URL(slack.origin).host,
  });
  await program.start();
  await prepare();
  const before = (await slack.listMessages(channel)).length;
  const id = await killWhileReminding();
  await expect.poll(async () => (await run(id))['status'], { timeout: recoveryMs, interval: 500 }).toBe('SUCCESS');
  expect((await slack.listMessages(channel)).length - before).toBe(1);
}, 200_000);

test('killed while an incoming webhook posts: nothing is sent again, and the run says that nobody knows', async () => {
  program = await spawnedProgram({
    QUAYSIDE_SLACK_WEBHOOK_URL: slack.incomingWebhookUrl(channel),
    QUAYSIDE_EGRESS_ALLOW: new URL(slack.origin).host,
  });
  await program.start();
  await prepare();
  const before = (await slack.listMessages(channel)).length;
  const id = await killWhileReminding();
  await expect
    .poll(async () => run(id), { timeout: recoveryMs, interval: 500 })
    .toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Delivery unknown' });
  expect((await slack.listMessages(channel)).length - before).toBe(1);
}, 200_000);
