import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, readRun, saveAction } from '#testing/test-action.ts';
import { canonicalJson } from './approval-rules.ts';

type Json = Readonly<Record<string, unknown>>;

let app: TestApp;
let member: Visitor;
let lead: Visitor;
let deputy: Visitor;
let action: string;
beforeAll(async () => {
  app = await startTestApp({ allow: ['127.0.0.1:9'] });
  await app.call('POST', '/v1/teams', { name: 'release' });
  member = await addPerson(app, { email: 'member@example.com', firstName: 'Some', lastName: 'Member' });
  lead = await addPerson(app, {
    email: 'lead@example.com',
    firstName: 'Release',
    lastName: 'Lead',
    teams: ['release'],
  });
  deputy = await addPerson(app, { email: 'deputy@example.com' });
  action = await saveAction(
    app,
    { type: 'WEBHOOK', url: 'http://127.0.0.1:9/deploy?token=canary-address' },
    {
      title: 'Deploy',
      requiredApproval: true,
      approvalNotification: { type: 'webhook', url: 'https://example.com/hook?token=canary-notice' },
      trigger: { userInputs: { properties: { version: { type: 'string', title: 'Version' } } } },
    },
  );
  await app.call('PATCH', `/v1/actions/${action}/permissions`, { approve: { roles: [], teams: ['release'] } });
});
afterAll(async () => app.stop());

/** A run of the member that waits, and its approval. */
async function ask(): Promise<{ run: string; id: string }> {
  const run = await begin(member, action, { properties: { version: '7' } });
  const found = await lead.call('GET', `/api/v1/approval-subjects/run/${run.id}`);
  return { run: run.id, id: (found.body['approval'] as { id: string }).id };
}

async function list(who: Visitor, query: string): Promise<readonly string[]> {
  const { status, body } = await who.call('GET', `/api/v1/approvals?${query}`);
  expect(status).toBe(200);
  return (body['approvals'] as { id: string }[]).map(({ id }) => id);
}

const detail = async (who: Visitor, id: string): Promise<Json> =>
  (await who.call('GET', `/api/v1/approvals/${id}`)).body['approval'] as Json;
const decide = async (who: Visitor, id: string, body: Json, headers: Readonly<Record<string, string>> = {}) =>
  who.call('POST', `/api/v1/approvals/${id}/decision`, body, headers);

describe('the inbox', () => {
  test('shows each what waits for them, what is open and what was decided, page by page', async () => {
    const asked = [await ask(), await ask(), await ask()].map(({ id }) => id);
    expect(await list(lead, 'view=mine')).toEqual(expect.arrayContaining(asked));
    expect(await list(member, 'view=mine')).toEqual([]);
    expect(await list(member, 'view=pending')).toEqual(expect.arrayContaining(asked));
    const first = await lead.call('GET', '/api/v1/approvals?view=pending&limit=2');
    const second = await list(lead, `view=pending&limit=2&cursor=${String(first.body['next'])}`);
    const shown = [...(first.body['approvals'] as { id: string }[]).map(({ id }) => id), ...second];
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown).toEqual(expect.arrayContaining(asked));
    const waiting = Number(first.body['waitingForMe']);
    await decide(lead, asked[0] ?? '', { verdict: 'approve' });
    expect((await lead.call('GET', '/api/v1/approvals')).body['waitingForMe']).toBe(waiting - 1);
    expect(await list(lead, 'view=decided')).toContain(asked[0]);
  });

  test('tells what will happen, who may decide and whether the reader may, without addresses', async () => {
    const { id } = await ask();
    const seen = await detail(lead, id);
    expect(seen).toMatchObject({
      title: 'Deploy',
      state: 'open',
      requestedBy: { id: member.id, name: 'Some Member' },
      mayStillDecide: [{ email: 'lead@example.com' }],
      me: { mayDecide: true, vote: null },
      progress: [{ needed: 1, approved: 0 }],
    });
    expect(seen['facts']).toEqual(
      expect.arrayContaining([
        { label: 'Version', value: '7' },
        { label: 'Requested by', value: 'Some Member' },
      ]),
    );
    expect(JSON.stringify(seen)).not.toContain('canary');
    expect(await detail(member, id)).toMatchObject({ me: { mayDecide: false, code: 'approval_self' } });
    expect(await detail(deputy, id)).toMatchObject({ me: { mayDecide: false, code: 'approval_not_permitted' } });
  });

  test('opening and reading decides nothing', async () => {
    const { id, run } = await ask();
    for (const path of [`approvals/${id}`, `approvals/${id}/record`, `approval-subjects/run/${run}`, 'approvals']) {
      await lead.call('GET', `/api/v1/${path}`);
    }
    expect((await lead.call('GET', `/api/v1/approvals/${id}/decision`)).status).toBe(404);
    expect((await readRun(app, run)).status).toBe('WAITING_FOR_APPROVAL');
  });

  test.each(['cursor=nonsense', 'cursor=%00', 'view=others', 'limit=0', 'limit=1000'])('refuses %s', async (query) => {
    expect((await lead.call('GET', `/api/v1/approvals?${query}`)).status).toBe(422);
  });
});

describe('deciding', () => {
  test('carries the comment to the run', async () => {
    const { id, run } = await ask();
    const answer = await decide(lead, id, { verdict: 'reject', comment: 'Freeze' });
    expect(answer).toMatchObject({
      status: 200,
      body: { approval: { state: 'rejected', decision: { by: lead.id, through: 'web', comment: 'Freeze' } } },
    });
    expect(await readRun(app, run)).toMatchObject({ status: 'DECLINED', approval: { description: 'Freeze' } });
    expect(await decide(lead, id, { verdict: 'approve' })).toMatchObject({
      status: 409,
      body: { error: 'approval_already_decided', details: { decidedByName: 'Release Lead' } },
    });
  });

  test('about something else than what stands is refused', async () => {
    const { id } = await ask();
    expect((await decide(lead, id, { verdict: 'approve', contentHash: 'other' })).body['error']).toBe(
      'approval_changed',
    );
    expect((await decide(lead, id, { verdict: 'approve', attempt: 3 })).body['error']).toBe('approval_superseded');
    expect((await decide(lead, id, { verdict: 'approve' }, { 'if-match': '"9"' })).status).toBe(412);
    expect((await decide(lead, 'apr_unknown', { verdict: 'approve' })).status).toBe(404);
    expect((await decide(lead, id, { verdict: 'perhaps' })).status).toBe(422);
    expect((await decide(deputy, id, { verdict: 'approve' })).status).toBe(403);
  });

  test('can be handed over', async () => {
    const { id, run } = await ask();
    const handOver = { to: 'deputy@example.com', reason: 'On leave' };
    expect((await lead.call('POST', `/api/v1/approvals/${id}/delegation`, handOver)).status).toBe(200);
    expect(await list(deputy, 'view=mine')).toContain(id);
    expect((await decide(deputy, id, { verdict: 'approve' })).status).toBe(200);
    expect((await readRun(app, run)).status).toBe('IN_PROGRESS');
    expect((await detail(lead, id))['votes']).toMatchObject([{ by: { id: deputy.id }, onBehalfOf: [lead.id] }]);
  });
});

describe('the record', () => {
  test('is signed, can be checked without this installation, and shows when it was touched', async () => {
    const { id } = await ask();
    await decide(lead, id, { verdict: 'approve', comment: 'Fine' });
    const { body, headers } = await lead.call('GET', `/api/v1/approvals/${id}/record`);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(JSON.stringify(body)).not.toContain('canary');
    const { record, signature } = body as unknown as { record: Json; signature: { publicKey: string; value: string } };
    expect(record).toMatchObject({
      approval: { id, state: 'approved', decision: { by: lead.id, comment: 'Fine' } },
      votes: [{ voterId: lead.id }],
      events: [{ kind: 'approval.requested' }, { kind: 'approval.decided' }],
    });
    const text = Buffer.from(canonicalJson(record));
    const value = Buffer.from(signature.value, 'base64url');
    expect(verify(null, text, createPublicKey(signature.publicKey), value)).toBe(true);

    const check = async (sent: unknown): Promise<unknown> =>
      (await lead.call('POST', '/api/v1/approval-records/verification', sent)).body['valid'];
    expect(await check(body)).toBe(true);
    expect(await check({ record: { ...record, organisation: 'other' }, signature })).toBe(false);
    expect(await check({ record, signature: { ...signature, value: '' } })).toBe(false);
    expect(await check({ record, signature: { ...signature, keyId: 'other' } })).toBe(false);
  });
});
