import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let slack: SlackCounterpart;
let app: TestApp;
let desk: PipelineDesk;
const judgment = {
  refId: '1',
  requisiteStageRefIds: [],
  type: 'manualJudgment',
  name: 'Approve prod',
  instructions: 'canary',
};
const people = new Map<string, string>();

beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, users: [{ name: 'boss' }, { name: 'member' }, { name: 'nobody' }] });
  app = await startTestApp({
    allow: [new URL(slack.origin).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
  desk = pipelineDesk(app);
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  for (const user of await slack.users()) people.set(user.name, user.id);
  await addPerson(app, { email: 'boss@example.com', roles: ['Admin'] });
  await addPerson(app, { email: 'member@example.com' });
  for (const identifier of ['service', 'vault']) {
    const schema = { properties: { secret: { type: 'string' } }, required: [] };
    await app.call('POST', '/v1/blueprints', { identifier, title: identifier, schema });
    const entity = { identifier: 'box', title: 'Box *bold*', properties: { secret: 'canary' } };
    await app.call('POST', `/v1/blueprints/${identifier}/entities`, entity);
  }
  const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: false };
  await app.call('PATCH', '/v1/blueprints/vault/permissions', { entities: { read } });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

async function share(
  user: string,
  urls: readonly string[],
  envelope = {},
): Promise<Record<string, unknown> | undefined> {
  const before = slack.unfurls.length;
  const links = urls.map((url) => ({ url, domain: 'portal.example.com' }));
  const event = { type: 'link_shared', user: people.get(user), channel: 'C1', message_ts: '1.2', links };
  expect(await slack.sendEvent(event, envelope)).toMatchObject({ status: 200 });
  await app.settle();
  return slack.unfurls.length === before ? undefined : { ...slack.unfurls.at(-1) };
}

describe('a link of the portal that somebody shares', () => {
  test('is previewed with names and states, and no properties', async () => {
    const url = `${app.url}/catalog/service/box`;
    const sent = await share('member', [url]);
    expect(sent).toMatchObject({ channel: 'C1', ts: '1.2' });
    const preview = JSON.stringify(sent);
    expect(preview).toContain('Box ∗bold∗');
    expect(preview).not.toContain('canary');
  });

  test('shows nothing that not every member may see, even when who shared it may', async () => {
    expect(await share('boss', [`${app.url}/catalog/vault/box`])).toBeUndefined();
    expect(await share('member', [`${app.url}/catalog/vault/box`])).toBeUndefined();
    const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
    const approval = await app.app.core.runner.execute(caller, requestApproval, {
      subject: { kind: 'stage', id: 'private', attempt: 1 },
      title: 'Private matter',
      summary: '',
      contentHash: 'hash',
      requestedBy: 'x',
      requestedByName: 'x',
      private: true,
      approvers: { users: ['boss@example.com'], roles: [], teams: [] },
    });
    expect(await share('boss', [`${app.url}/approvals/${approval.id}`])).toBeUndefined();
  });

  test.each([
    ['of somebody who is not known here', 'nobody', {}],
    ['in a channel shared with another company', 'member', { is_ext_shared_channel: true }],
  ])('is not previewed: %s', async (_, user, envelope) => {
    expect(await share(user, [`${app.url}/catalog/service/box`], envelope)).toBeUndefined();
  });

  test.each([
    'https://elsewhere.example.com/catalog/service/box',
    'no address',
    '/catalog/service',
    '/runs/none',
    '/settings/slack',
    '/catalog/service/%E0%A4%A',
  ])('is left alone: %s', async (url) => {
    expect(await share('member', [url.startsWith('/') ? `${app.url}${url}` : url])).toBeUndefined();
  });

  test('counts for runs, approvals and scorecards as well', async () => {
    await app.call('POST', '/v1/actions', {
      identifier: 'restart',
      title: 'Restart',
      trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
      invocationMethod: { type: 'WEBHOOK', url: `${slack.origin}/hook` },
    });
    const run = (await app.call('POST', '/v1/actions/restart/runs', { properties: {} })).body['run'] as { id: string };
    const scored = await app.call('POST', '/v1/blueprints/service/scorecards', {
      identifier: 'ready',
      title: 'Ready',
      levels: [
        { title: 'Basic', color: 'paleBlue' },
        { title: 'Gold', color: 'gold' },
      ],
      rules: [
        {
          identifier: 'kept',
          title: 'Kept',
          level: 'Gold',
          query: { combinator: 'and', conditions: [{ property: 'secret', operator: 'isNotEmpty' }] },
        },
      ],
    });
    expect(scored.body).toMatchObject({ ok: true });
    const urls = [
      `${app.url}/runs/${run.id}`,
      `${app.url}/organization/run?runId=${run.id}`,
      `${app.url}/scorecards/service/ready`,
    ];
    const sent = await share('member', urls);
    expect(Object.keys((sent?.['unfurls'] ?? {}) as object)).toEqual(urls);
    expect(JSON.stringify(sent)).toContain('Restart');
    expect(JSON.stringify(sent)).toContain('Basic, Gold');
  });

  test('counts for executions and applications, and tells where one waits', async () => {
    const pipeline = await desk.save([judgment], { application: 'shop', name: 'Deploy' });
    const started = await desk.start(pipeline);
    await app.settle();
    const urls = [`${app.url}/executions/${started.id}`, `${app.url}/applications/shop`];
    const sent = await share('member', urls);
    expect(Object.keys((sent?.['unfurls'] ?? {}) as object)).toEqual(urls);
    const preview = JSON.stringify(sent);
    expect(preview).toContain('Deploy #1');
    expect(preview).toContain('waits for a decision at *Approve prod*');
    expect(preview).toContain('1 execution waits for a decision');
    expect(preview).not.toContain('canary');
    expect(preview).not.toContain('"button"');
  });

  test('shows nothing of an application that not every member sees, and of what is not there', async () => {
    const teams = ['vaulters'];
    await app.call('POST', '/v1/teams', { name: 'vaulters' });
    const permissions = { READ: teams, EXECUTE: teams, WRITE: teams };
    await app.call('POST', '/api/v1/applications', { name: 'closed', permissions });
    const pipeline = await desk.save([judgment], { application: 'closed', name: 'Secret deploy' });
    const started = await desk.start(pipeline);
    await app.settle();
    for (const user of ['boss', 'member']) {
      const urls = ['closed', 'nowhere'].map((name) => `${app.url}/applications/${name}`);
      expect(await share(user, [...urls, `${app.url}/executions/${started.id}`])).toBeUndefined();
      expect(await share(user, [`${app.url}/executions/execution_none`])).toBeUndefined();
    }
  });
});
