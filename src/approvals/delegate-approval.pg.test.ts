import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import type { Approval, ApprovalRequest } from './approval.ts';
import { requestApproval } from './request-approval.ts';

let app: TestApp;
let judge: Visitor;
let outsider: Visitor;
let other: Visitor;
let subjects = 0;

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'insiders' });
  judge = await addPerson(app, { email: 'judge@example.com', teams: ['insiders'] });
  outsider = await addPerson(app, { email: 'outsider@example.com' });
  other = await addPerson(app, { email: 'other@example.com' });
});
afterAll(async () => app.stop());

/** About something of an application that only its team sees. */
async function ask(given: Partial<ApprovalRequest> = {}): Promise<Approval> {
  subjects += 1;
  const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
  return app.app.core.runner.execute(caller, requestApproval, {
    subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 1 },
    title: `Deploy ${subjects}`,
    summary: 'Goes to production.',
    contentHash: 'hash',
    requestedBy: 'user_requester',
    requestedByName: 'Somebody',
    approvers: { users: [], roles: [], teams: ['insiders'] },
    audience: { readers: ['insiders'], deciders: ['insiders'] },
    ...given,
  });
}

const at = ({ id }: Approval): string => `/api/v1/approvals/${id}`;

async function handOver(approval: Approval, to = 'outsider@example.com'): Promise<void> {
  expect(await judge.call('POST', `${at(approval)}/delegation`, { to })).toMatchObject({ status: 200 });
}

async function inbox(visitor: Visitor, view = 'mine'): Promise<readonly string[]> {
  const { body } = await visitor.call('GET', `/api/v1/approvals?view=${view}`);
  return (body['approvals'] as { id: string }[]).map(({ id }) => id);
}

describe('who was handed a place in an approval they could not see', () => {
  test('sees it with its summary, finds it in their inbox and decides it; others still do not', async () => {
    const approval = await ask();
    for (const path of [at(approval), `${at(approval)}/record`, `/api/v1/approval-subjects/stage/stage-${subjects}`]) {
      expect([path, (await outsider.call('GET', path)).status]).toEqual([path, 404]);
    }
    await handOver(approval);
    expect(await outsider.call('GET', at(approval))).toMatchObject({
      status: 200,
      body: { approval: { title: `Deploy ${subjects}`, summary: 'Goes to production.', me: { mayDecide: true } } },
    });
    expect(await inbox(outsider)).toEqual([approval.id]);
    expect(await other.call('GET', at(approval))).toMatchObject({ status: 404 });
    expect(await inbox(other, 'pending')).toEqual([]);
    expect(await outsider.call('POST', `${at(approval)}/decision`, { verdict: 'approve' })).toMatchObject({
      status: 200,
      body: { approval: { state: 'approved', votes: [{ by: { id: outsider.id }, onBehalfOf: [judge.id] }] } },
    });
    expect(await inbox(outsider)).toEqual([]);
    expect(await inbox(outsider, 'decided')).toEqual([approval.id]);
    const log = await outsider.call('GET', '/v1/audit-log?resources=approval&limit=50');
    const named = (log.body['audits'] as { context: { approval?: string } }[]).map(({ context }) => context.approval);
    expect(new Set(named)).toEqual(new Set([approval.id]));
  });

  test('sees no other approval about the same, nor a private one of which they are not told', async () => {
    const first = await ask({ private: true });
    const second = await ask({ subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 2 } });
    await handOver(second);
    expect(await outsider.call('GET', at(second))).toMatchObject({ status: 200 });
    expect(await outsider.call('GET', at(first))).toMatchObject({ status: 404 });
  });

  test('loses it with the place, when that is handed to somebody else', async () => {
    const approval = await ask();
    await handOver(approval);
    await handOver(approval, 'other@example.com');
    expect(await outsider.call('GET', at(approval))).toMatchObject({ status: 404 });
    expect(await inbox(outsider)).not.toContain(approval.id);
    expect(await inbox(other)).toEqual([approval.id]);
  });

  test('has nothing to decide where the owner voted after all, or may decide no more', async () => {
    const approval = await ask({ quorum: { count: 2 } });
    await handOver(approval);
    await judge.call('POST', `${at(approval)}/decision`, { verdict: 'approve' });
    expect(await inbox(outsider)).not.toContain(approval.id);
    expect(await outsider.call('POST', `${at(approval)}/decision`, { verdict: 'approve' })).toMatchObject({
      status: 403,
      body: { error: 'approval_not_permitted' },
    });
    const lapsed = await ask();
    await handOver(lapsed);
    await app.call('PATCH', '/v1/users/judge@example.com', { teams: [] });
    expect(await inbox(outsider)).not.toContain(lapsed.id);
    expect(await outsider.call('GET', at(lapsed))).toMatchObject({ body: { approval: { me: { mayDecide: false } } } });
    await app.call('PATCH', '/v1/users/judge@example.com', { teams: ['insiders'] });
  });
});
