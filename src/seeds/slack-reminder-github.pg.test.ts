import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { send } from '#cli/send.ts';
import { settableClock, systemClock } from '#platform/clock.ts';
import { type GitHubCounterpart, startGitHubCounterpart } from '#sample/counterparts/github/github-counterpart.ts';
import { senderStep } from '#sample/counterparts/github/sender-step.ts';
import type { SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readLog, readRun, type WireRun } from '#testing/test-action.ts';
import { channel, createScoredServices, readReminder, startSlackChannel } from './prepare-reminder.ts';

let slack: SlackCounterpart;
let github: GitHubCounterpart;
let app: TestApp;
let administrator: Visitor;

beforeEach(async () => {
  slack = await startSlackChannel();
  github = await startGitHubCounterpart({
    quaysideUrl: () => app.url,
    repositories: [{ owner: 'acme', name: 'Port-actions' }],
    workflowsDirectory: fileURLToPath(new URL('../../examples/workflows', import.meta.url)),
    steps: { 'your-organisation/quayside': senderStep(send) },
  });
  app = await startTestApp({
    // Behind, so that what is to be asked later is asked at once.
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_GITHUB_TOKEN: github.token, QUAYSIDE_GITHUB_API_URL: github.apiUrl },
  });
  // As the guides say: secrets and a variable of the repository.
  github.setSecret('SLACK_WEBHOOK_URL', slack.incomingWebhookUrl(channel));
  github.setSecret('PORT_CLIENT_ID', app.clientId);
  github.setSecret('PORT_CLIENT_SECRET', app.clientSecret);
  github.setVariable('QUAYSIDE_URL', app.url);
  administrator = await signInAdministrator(app);
  await createScoredServices(app);
});
afterEach(async () => {
  await app.stop();
  await github.close();
  await slack.close();
});

const backend = { type: 'GITHUB', org: 'acme', repo: 'Port-actions' };

async function saveReminder(invocationMethod: object): Promise<void> {
  await app.call('POST', '/v1/actions', {
    identifier: 'send_scorecard_reminder',
    title: 'Send scorecard reminder',
    icon: 'Slack',
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      blueprintIdentifier: 'service',
      userInputs: { properties: {} },
    },
    invocationMethod: { ...backend, workflow: 'port-slack-reminder.yml', ...invocationMethod },
  });
}

async function pressExecute(): Promise<WireRun & { readonly log: readonly string[] }> {
  const { id } = await begin(administrator, 'send_scorecard_reminder');
  await app.settle();
  await github.settled();
  await app.settle();
  return { ...(await readRun(administrator, id)), log: await readLog(administrator, id) };
}

test('Execute dispatches the workflow, which reminds in Slack and logs; the run succeeds with it', async () => {
  await saveReminder({ workflowInputs: { run_id: '{{ .run.id }}' }, reportWorkflowStatus: true });
  const run = await pressExecute();
  expect(github.runs().map(({ inputs }) => inputs)).toEqual([{ run_id: run.id }]);
  expect(run).toMatchObject({
    status: 'SUCCESS',
    endedAt: expect.any(String) as string,
    source: 'UI',
    link: expect.stringContaining(String(github.runs()[0]?.id)) as string,
  });
  expect(run.log.map((line) => line.trim())).toEqual([
    'Started port-slack-reminder.yml of acme/Port-actions on main.',
    'Slack reminder sent successfully 🚀',
    'The workflow ended: Succeeded.',
  ]);
  const reminder = await readReminder(slack);
  for (const words of ['Production Readiness', '2 Services', 'The search service', 'The docs service', '1/2', '0/2']) {
    expect(reminder).toContain(words);
  }
  expect(reminder).not.toContain('checkout');
  expect(reminder).toContain(`${app.url}/serviceEntity?identifier=search`);
});

test('the older form sends the whole invocation as port_payload, and ends the same way', async () => {
  await app.call('POST', '/v1/blueprints/service/actions', {
    identifier: 'send_scorecard_reminder',
    title: 'Send scorecard reminder',
    userInputs: { properties: {} },
    invocationMethod: { ...backend, workflow: 'portSlackReminder.yaml', omitUserInputs: true },
    trigger: 'CREATE',
  });
  const run = await pressExecute();
  const payload = JSON.parse(github.runs()[0]?.inputs['port_payload'] ?? '') as Record<string, unknown>;
  expect(payload).toMatchObject({
    action: 'send_scorecard_reminder',
    resourceType: 'run',
    context: { blueprint: 'service', entity: null, runId: run.id },
  });
  expect(run).toMatchObject({ status: 'SUCCESS' });
  expect(run.log.map((line) => line.trim())).toContain('Slack reminder sent successfully 🚀');
  expect(await readReminder(slack)).toContain('Production Readiness');
});

test('inputs that the workflow does not declare are refused by GitHub, and the run says which', async () => {
  // As one of the guides has it: runId is sent, run_id is required.
  await saveReminder({ workflowInputs: { runId: '{{ .run.id }}' } });
  const run = await pressExecute();
  expect(run).toMatchObject({ status: 'FAILURE', statusLabel: 'Workflow not started' });
  expect(run.log.join('\n')).toContain('runId');
  expect(await slack.listMessages(channel)).toEqual([]);
});

test('a reminder that Slack refuses fails the workflow, and the run with it', async () => {
  github.setSecret('SLACK_WEBHOOK_URL', slack.incomingWebhookUrl(channel).replace(/[^/]+$/, 'wrong'));
  await saveReminder({ workflowInputs: { run_id: '{{ .run.id }}' } });
  const run = await pressExecute();
  expect(run).toMatchObject({ status: 'FAILURE' });
  expect(run.log.at(-1)).toBe('The workflow ended: Failed.');
  expect(await slack.listMessages(channel)).toEqual([]);
});
