import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { type MailServer, startMailServer } from '#testing/mail-server.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, saveAction, type WireRun } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let mailServer: MailServer;
let receiver: WebhookReceiver;
let app: TestApp;
let member: Visitor;
let lead: Visitor;
beforeAll(async () => {
  mailServer = await startMailServer();
  receiver = await startWebhookReceiver();
  app = await startTestApp({
    allow: [new URL(receiver.url).host],
    environment: { QUAYSIDE_SMTP_URL: mailServer.url, QUAYSIDE_MAIL_FROM: 'portal@example.com' },
  });
  await app.call('POST', '/v1/teams', { name: 'release' });
  member = await addPerson(app, { email: 'member@example.com', firstName: 'Some', lastName: 'Member' });
  lead = await addPerson(app, {
    email: 'lead@example.com',
    firstName: 'Release',
    lastName: 'Lead',
    teams: ['release'],
  });
});
beforeEach(() => {
  mailServer.refuseWith(null);
  receiver.answerWith({});
});
afterAll(async () => {
  await app.stop();
  await mailServer.close();
  await receiver.close();
});

async function ask(approvalNotification?: object): Promise<WireRun> {
  const action = await saveAction(
    app,
    { type: 'KAFKA' },
    {
      title: 'Deploy',
      requiredApproval: true,
      ...(approvalNotification === undefined ? {} : { approvalNotification }),
    },
  );
  await app.call('PATCH', `/v1/actions/${action}/permissions`, { approve: { roles: [], teams: ['release'] } });
  const run = await begin(member, action);
  await app.settle();
  return run;
}

async function told(run: WireRun): Promise<readonly unknown[]> {
  const found = await sql<{ after: Record<string, unknown> }>`
    select event.after from event join approval on event.subject = 'approval:' || approval.id
    where event.kind = 'approval.notified' and approval.subject_id = ${run.id} order by number`.execute(
    app.app.core.db,
  );
  return found.rows.map(({ after }) => `${String(after['occasion'])} ${String(after['outcome'])}`);
}

/** What the job queue would do at its next look. */
async function retryNow(): Promise<void> {
  await sql`update job.job set start_after = now() where state in ('created', 'retry')`.execute(app.app.core.db);
  await app.settle();
}

describe('by e-mail', () => {
  test('approvers are asked, and who asked hears the answer', async () => {
    const before = mailServer.mails.length;
    const run = await ask();
    const [asked, ...others] = mailServer.mails.slice(before);
    expect(others).toEqual([]);
    expect(asked).toMatchObject({ from: 'portal@example.com', to: ['lead@example.com'] });
    expect(asked?.raw).toContain('Subject: Approval needed: Deploy');
    expect(asked?.raw).toContain('Requested by Some Member');
    expect(asked?.raw).toContain(`${app.url}/approvals/apr_`);
    await lead.call('PATCH', `/v1/actions/runs/${run.id}/approval`, { status: 'DECLINE', description: 'Freeze' });
    await app.settle();
    const answer = mailServer.mails.at(-1);
    expect(answer?.to).toEqual(['member@example.com']);
    expect(answer?.raw).toContain('Subject: Rejected: Deploy');
    expect(answer?.raw).toContain('Freeze');
    expect(await told(run)).toEqual(['awaiting sent', 'rejected sent']);
  });

  test('a server that is busy is asked again, and nobody is written to twice', async () => {
    mailServer.refuseWith(451);
    const before = mailServer.mails.length;
    const run = await ask();
    expect(mailServer.mails).toHaveLength(before);
    mailServer.refuseWith(null);
    await retryNow();
    expect(mailServer.mails).toHaveLength(before + 1);
    await sql`update reader_cursor set number = 0 where reader = 'approvals.notify'`.execute(app.app.core.db);
    await app.settle();
    expect(mailServer.mails).toHaveLength(before + 1);
    expect(await told(run)).toEqual(['awaiting sent']);
  });

  test('an address that is refused for good is told in the history', async () => {
    mailServer.refuseWith(550);
    expect(await told(await ask())).toEqual(['awaiting refused']);
  });

  test('nobody is asked any more when it was decided before the mail could go', async () => {
    mailServer.refuseWith(451);
    const run = await ask();
    await lead.call('PATCH', `/v1/actions/runs/${run.id}/approval`, { status: 'APPROVE' });
    mailServer.refuseWith(null);
    const before = mailServer.mails.length;
    await retryNow();
    expect(mailServer.mails.slice(before).map(({ to }) => to)).toEqual([['member@example.com']]);
  });
});

describe('by webhook', () => {
  test('the request is told as signed JSON', async () => {
    const run = await ask({ type: 'webhook', url: `${receiver.url}json` });
    const request = receiver.requests.at(-1);
    expect(request?.path).toBe('/json');
    expect(JSON.parse(String(request?.body))).toMatchObject({
      type: 'approval.awaiting',
      runId: run.id,
      approval: { title: 'Deploy', requestedBy: { name: 'Some Member' }, state: 'open' },
      link: expect.stringContaining('/approvals/apr_') as string,
    });
    expect(request?.headers['x-port-signature']).toMatch(/^v1,/);
    expect(await told(run)).toEqual(['awaiting sent']);
  });

  test('a program reads what is asked for: the action, its entity, the inputs without secrets, and where to look', async () => {
    await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema: { properties: {} } });
    await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'checkout', title: 'The checkout' });
    const properties = { env: { type: 'string' }, key: { type: 'string', encryption: 'aes256-gcm' } };
    const action = await saveAction(
      app,
      { type: 'KAFKA' },
      {
        title: 'Deploy',
        trigger: { operation: 'DAY-2', blueprintIdentifier: 'service', userInputs: { properties } },
        requiredApproval: true,
        approvalNotification: { type: 'webhook', url: `${receiver.url}whole` },
      },
    );
    const given = { env: 'prod', key: 'canary-key' };
    const { id } = await begin(member, action, { entity: 'checkout', properties: given });
    await app.settle();
    const request = receiver.requests.at(-1);
    expect(request?.path).toBe('/whole');
    expect(JSON.parse(String(request?.body))).toMatchObject({
      run: {
        id,
        action: { identifier: action, title: 'Deploy' },
        blueprint: 'service',
        entity: 'checkout',
        properties: { env: 'prod', key: '••••••' },
        link: `${app.url}/organization/run?runId=${id}`,
      },
    });
    expect(String(request?.body)).not.toContain('canary');
    expect(JSON.stringify((await app.call('GET', '/api/v1/approvals')).body)).not.toContain('whole');
  });

  test('Slack gets a message whose words cannot call or link anybody', async () => {
    await app.call('POST', '/v1/actions', {
      identifier: 'loud',
      title: '<!channel> *Deploy*',
      trigger: { type: 'self-service', operation: 'CREATE' },
      invocationMethod: { type: 'KAFKA' },
      requiredApproval: true,
      approvalNotification: { type: 'webhook', format: 'slack', url: `${receiver.url}slack` },
    });
    await begin(member, 'loud');
    await app.settle();
    const { text } = JSON.parse(String(receiver.requests.at(-1)?.body)) as { text: string };
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toContain('<!channel>');
    expect(text).toContain(`<${app.url}/approvals/`);
  });

  test('one that fails is sent again, one that refuses is not', async () => {
    receiver.answerWith({ status: 503 });
    const run = await ask({ type: 'webhook', url: `${receiver.url}busy` });
    expect(await told(run)).toEqual([]);
    receiver.answerWith({});
    await retryNow();
    expect(await told(run)).toEqual(['awaiting sent']);
    receiver.answerWith({ status: 410 });
    expect(await told(await ask({ type: 'webhook', url: `${receiver.url}gone` }))).toEqual(['awaiting refused']);
    receiver.answerWith({ status: 302, headers: { location: receiver.url } });
    expect(await told(await ask({ type: 'webhook', url: `${receiver.url}moved` }))).toEqual(['awaiting refused']);
  });

  test('never reaches a private address that is not allowed', async () => {
    expect(await told(await ask({ type: 'webhook', url: 'http://127.0.0.1:1/' }))).toEqual(['awaiting refused']);
  });
});
