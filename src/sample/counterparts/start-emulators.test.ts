import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request as octokit } from '@octokit/request';
import { afterEach, expect, it } from 'vitest';
import { send } from '#cli/send.ts';
import { createEgress } from '#platform/egress/egress.ts';
import { createEgressFetch } from '#platform/egress/egress-fetch.ts';
import { startWebhookReceiver } from '#testing/webhook-receiver.ts';
import { senderStep } from './github/sender-step.ts';
import { startEmulators } from './start-emulators.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const workflow = `
on: { workflow_dispatch: { inputs: { run_id: { required: true } } } }
jobs:
  remind:
    steps:
      - uses: port-labs/port-sender@v0.2.3
        with:
          operation_kind: scorecard_reminder
          port_client_id: \${{ secrets.PORT_CLIENT_ID }}
          port_client_secret: \${{ secrets.PORT_CLIENT_SECRET }}
          slack_webhook_url: \${{ secrets.SLACK_WEBHOOK_URL }}
          blueprint: service
          scorecard: ProductionReadiness
          target_kind: slack
      - uses: port-labs/port-github-action@v1
        with:
          clientId: \${{ secrets.PORT_CLIENT_ID }}
          clientSecret: \${{ secrets.PORT_CLIENT_SECRET }}
          operation: PATCH_RUN
          runId: \${{ inputs.run_id }}
          status: SUCCESS
          logMessage: Slack reminder sent successfully
`;

/** The three answers that the sender and Port's action read. */
const answers: Record<string, object> = {
  '/v1/auth/access_token': { accessToken: 'jwt', expiresIn: 10800, tokenType: 'Bearer' },
  '/v1/entities/search': {
    entities: [
      {
        identifier: 'checkout',
        title: 'Checkout',
        scorecards: {
          ProductionReadiness: {
            level: 'Bronze',
            rules: [{ identifier: 'has-owner', status: 'FAILURE', level: 'Silver' }],
          },
        },
      },
    ],
  },
  '/v1/blueprints/service/scorecards/ProductionReadiness': {
    scorecard: {
      identifier: 'ProductionReadiness',
      title: 'Production Readiness',
      levels: [{ title: 'Bronze' }, { title: 'Silver' }],
      rules: [{ identifier: 'has-owner', title: 'Has an owner' }],
    },
  },
};

it('carries a reminder from a dispatch on GitHub to the Slack channel and the run, through the guard', async () => {
  const quayside = await startWebhookReceiver(({ path }) => ({
    body: { ok: true, run: {}, runLog: {}, ...answers[path] },
  }));
  cleanups.push(quayside.close);
  const egress = createEgress({ allow: ['127.0.0.1'] });
  const guarded = createEgressFetch(egress);
  cleanups.push(() => egress.close());
  const emulators = await startEmulators({
    slack: { fetch: guarded, channels: [{ name: 'quality' }] },
    github: {
      fetch: guarded,
      quaysideUrl: quayside.url.slice(0, -1),
      repositories: [{ owner: 'acme', name: 'portal', workflows: { 'reminder.yml': workflow } }],
      steps: { 'port-labs/port-sender': senderStep(send) },
    },
  });
  cleanups.push(emulators.close);
  const { slack, github } = emulators;
  if (slack === null || github === null) throw new Error('Both were asked for');
  github.setSecret('PORT_CLIENT_ID', 'id');
  github.setSecret('PORT_CLIENT_SECRET', 'secret');
  github.setSecret('SLACK_WEBHOOK_URL', slack.incomingWebhookUrl('quality'));

  await octokit('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
    baseUrl: github.apiUrl,
    headers: { authorization: `token ${github.token}` },
    owner: 'acme',
    repo: 'portal',
    workflow_id: 'reminder.yml',
    ref: 'main',
    inputs: { run_id: 'r_1' },
  });
  const run = await github.waitForRun();
  expect([run.conclusion, run.jobs[0]?.log.join('\n')]).toEqual([
    'success',
    expect.stringContaining('Posted the message'),
  ]);
  const message = await slack.waitForMessage('quality');
  expect(message.via).toBe('incoming-webhook');
  expect(JSON.stringify(message.blocks)).toContain('Checkout');
  expect(quayside.requests.at(-1)).toMatchObject({ method: 'PATCH', url: '/v1/actions/runs/r_1?runId=r_1' });
  expect(JSON.parse(quayside.requests.at(-1)?.body.toString('utf8') ?? '')).toEqual({ status: 'SUCCESS' });
});

it('comes back at the same addresses', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulators-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const addressFile = join(folder, 'emulators.json');
  const github = { quaysideUrl: 'http://127.0.0.1:1', repositories: [{ owner: 'acme', name: 'portal' }] };
  const seen: unknown[] = [];
  for (let start = 0; start < 2; start += 1) {
    const emulators = await startEmulators({ slack: {}, github, addressFile });
    seen.push([emulators.authorities, emulators.github?.token, emulators.slack?.incomingWebhookUrl('general')]);
    await emulators.close();
  }
  expect(seen[1]).toEqual(seen[0]);
  expect((await stat(addressFile)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(addressFile, 'utf8'))).toMatchObject({ secret: expect.any(String) });
});

it('leaves out what is there for real, and keeps its address for later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulators-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const addressFile = join(folder, 'emulators.json');
  const github = { quaysideUrl: 'http://127.0.0.1:1', repositories: [] };
  const both = await startEmulators({ slack: {}, github, addressFile });
  await both.close();
  const one = await startEmulators({ slack: {}, github: null, addressFile });
  cleanups.push(one.close);
  expect([one.github, one.authorities]).toEqual([null, both.authorities.slice(0, 1)]);
  const again = await startEmulators({ slack: null, github, addressFile });
  cleanups.push(again.close);
  expect(again.authorities).toEqual(both.authorities.slice(1));
});

it('leaves nothing running when one of them cannot start', async () => {
  const addressFile = '/nowhere/emulators.json';
  const github = { quaysideUrl: 'http://127.0.0.1:1', repositories: [] };
  await expect(startEmulators({ slack: {}, github, addressFile })).rejects.toThrow('ENOENT');
});
