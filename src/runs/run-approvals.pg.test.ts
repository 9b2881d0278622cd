import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csrfTokenOf, insertSession, newSessionToken, sessionCookieOf } from '#access/session-store.ts';
import { settableClock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { send, startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';
import { begin, execute, readRun, saveAction } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
let receiver: WebhookReceiver;
let app: TestApp;
let webhook: { type: string; url: string };
let member: Visitor;
let lead: Visitor;
let second: Visitor;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  app = await startTestApp({ clock, allow: [new URL(receiver.url).host] });
  webhook = { type: 'WEBHOOK', url: `${receiver.url}deploy` };
  await app.call('POST', '/v1/teams', { name: 'release' });
  member = await addPerson(app, { email: 'member@example.com' });
  lead = await addPerson(app, {
    email: 'lead@example.com',
    firstName: 'Release',
    lastName: 'Lead',
    teams: ['release'],
  });
  second = await addPerson(app, { email: 'second@example.com', teams: ['release'] });
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

/** An action that the release team approves. */
async function approvedAction(requiredApproval: unknown = true, more: object = {}): Promise<string> {
  const action = await saveAction(app, webhook, { requiredApproval, ...more });
  const approve = { roles: [], teams: ['release'] };
  expect((await app.call('PATCH', `/v1/actions/${action}/permissions`, { approve })).status).toBe(200);
  return action;
}

const answer = async (who: Pick<Visitor, 'call'>, run: { id: string }, status: string, description?: string) =>
  who.call('PATCH', `/v1/actions/runs/${run.id}/approval?version=v2`, {
    status,
    ...(description === undefined ? {} : { description }),
  });
const approversOf = async (run: { id: string }, query = ''): Promise<unknown> =>
  (await app.call('GET', `/v1/actions/runs/${run.id}/approvers${query}`)).body['approvers'];
async function calls(): Promise<number> {
  await app.settle();
  return receiver.requests.length;
}

async function runTimers(): Promise<void> {
  const chores = app.app.modules.list.flatMap((module) => module.chores ?? []);
  await chores.find(({ name }) => name === 'approval-timers')?.run();
}

describe('a run that needs approval', () => {
  test('begins with the first approval, says who gave it, and is called once', async () => {
    const before = await calls();
    const run = await begin(member, await approvedAction());
    expect(run).toMatchObject({ status: 'WAITING_FOR_APPROVAL', requiredApproval: { type: 'ANY' }, approval: null });
    expect(await calls()).toBe(before);
    const approved = await answer(lead, run, 'APPROVE', 'Looks right');
    expect(approved).toMatchObject({
      status: 201,
      body: {
        ok: true,
        run: {
          id: run.id,
          status: 'IN_PROGRESS',
          approval: { state: 'APPROVE', userId: lead.id, description: 'Looks right' },
        },
      },
    });
    expect(await calls()).toBe(before + 1);
    expect(await answer(second, run, 'DECLINE')).toMatchObject({
      status: 422,
      body: { error: 'run_not_waiting_for_approval' },
    });
  });

  test('ends as declined, with who declined, and is never called', async () => {
    const before = await calls();
    const run = await begin(member, await approvedAction());
    const declined = await answer(lead, run, 'DECLINE', 'Not today');
    expect(declined.body['run']).toMatchObject({
      status: 'DECLINED',
      statusLabel: 'Declined by Release Lead',
      approval: { state: 'DECLINE', userId: lead.id, description: 'Not today' },
      endedAt: clock.now().toISOString(),
    });
    expect(await calls()).toBe(before);
    expect(await app.call('PATCH', `/v1/actions/runs/${run.id}`, { status: 'SUCCESS' })).toMatchObject({
      status: 422,
      body: { error: 'run_exhausted' },
    });
  });

  test('of all needs each of them; who did and who may is listed', async () => {
    const run = await begin(member, await approvedAction({ type: 'ALL' }));
    expect(await approversOf(run)).toEqual([]);
    expect((await answer(lead, run, 'APPROVE')).body['run']).toMatchObject({ status: 'WAITING_FOR_APPROVAL' });
    expect(await approversOf(run)).toEqual([{ userId: lead.id, state: 'APPROVE', description: null }]);
    expect(await approversOf(run, '?include_pending_approvers=true')).toEqual([
      { userId: lead.id, state: 'APPROVE', description: null },
      { userId: second.id, state: 'PENDING', description: null },
    ]);
    expect((await answer(second, run, 'APPROVE')).body['run']).toMatchObject({ status: 'IN_PROGRESS' });
  });

  test('is decided neither by who asked nor by who is not asked', async () => {
    const action = await approvedAction();
    const own = await begin(lead, action);
    for (const [who, run] of [
      [lead, own],
      [member, await begin(second, action)],
      [app, own],
    ] as const) {
      expect(await answer(who, run, 'APPROVE')).toMatchObject({ status: 403, body: { error: 'missing_permissions' } });
    }
    expect((await answer(second, own, 'APPROVE')).status).toBe(201);
  });

  test('in a person’s name is not approved by the credentials that asked', async () => {
    const action = await saveAction(app, webhook, { requiredApproval: true });
    const run = (await execute(app, action, {}, '?run_as=member@example.com')).body['run'] as { id: string };
    expect((await answer(app, run, 'APPROVE')).status).toBe(403);
  });

  test('may be approved by who asked where the action allows it', async () => {
    const run = await begin(lead, await approvedAction({ type: 'ANY', allowSelfApproval: true }));
    expect((await answer(lead, run, 'APPROVE')).status).toBe(201);
  });

  test('is cancelled by who asked, and only as a failure; nobody is asked any more', async () => {
    const run = await begin(member, await approvedAction());
    const path = `/v1/actions/runs/${run.id}`;
    expect(await member.call('PATCH', path, { status: 'SUCCESS' })).toMatchObject({
      status: 422,
      body: { error: 'run_waiting_for_approval' },
    });
    expect(await member.call('POST', `${path}/logs`, { message: 'Done', terminationStatus: 'SUCCESS' })).toMatchObject({
      status: 422,
    });
    expect((await member.call('PATCH', path, { status: 'FAILURE', statusLabel: 'Cancelled' })).status).toBe(200);
    expect(await answer(lead, run, 'APPROVE')).toMatchObject({ body: { error: 'run_not_waiting_for_approval' } });
    const open = await sql`select 1 from approval where subject_id = ${run.id} and state = 'open'`.execute(
      app.app.core.db,
    );
    expect(open.rows).toEqual([]);
  });

  test('that nobody approved in time is declined by itself, or begins when the action says so', async () => {
    const declined = await begin(member, await approvedAction({ type: 'ANY', timeoutMinutes: 5 }));
    const begun = await begin(member, await approvedAction({ type: 'ANY', timeoutMinutes: 5, onTimeout: 'APPROVE' }));
    const before = await calls();
    clock.advance(5 * 60_000);
    await runTimers();
    expect(await readRun(app, declined.id)).toMatchObject({
      status: 'DECLINED',
      statusLabel: 'Not approved in time',
      approval: { state: 'DECLINE', userId: null },
    });
    expect(await readRun(app, begun.id)).toMatchObject({ status: 'IN_PROGRESS', approval: { userId: null } });
    expect(await calls()).toBe(before + 1);
  });

  test('is seen by its approvers when others may not see it', async () => {
    const run = await begin(member, await approvedAction(true, { allowAnyoneToViewRuns: false }));
    const outsider = await addPerson(app, { email: 'outsider@example.com' });
    const path = `/v1/actions/runs/${run.id}`;
    expect((await lead.call('GET', path)).status).toBe(200);
    expect((await outsider.call('GET', path)).status).toBe(404);
    expect((await outsider.call('PATCH', `${path}/approval`, { status: 'APPROVE' })).status).toBe(404);
  });

  test.each([
    ['status', { status: 'MAYBE' }],
    ['unknown', { status: 'APPROVE', unknown: 1 }],
    ['description', { status: 'APPROVE', description: 7 }],
  ])('takes no answer with a wrong %s', async (_field, body) => {
    const run = await begin(member, await approvedAction());
    expect((await lead.call('PATCH', `/v1/actions/runs/${run.id}/approval`, body)).status).toBe(422);
    expect((await readRun(app, run.id)).status).toBe('WAITING_FOR_APPROVAL');
  });

  test.each([{ type: 'SOME' }, { type: 'ANY', count: 0 }, { type: 'ANY', extra: 1 }, {}, 'yes'])(
    'is not defined by %j',
    async (requiredApproval) => {
      const saved = await app.call('POST', '/v1/actions', {
        identifier: 'never',
        trigger: { type: 'self-service', operation: 'CREATE' },
        invocationMethod: webhook,
        requiredApproval,
      });
      expect(saved.status).toBe(422);
    },
  );
});

/** Signed-in people of a team, without the cost of two hundred passwords. */
async function crowd(count: number): Promise<readonly Visitor[]> {
  const csrfKey = new Uint8Array(createHash('sha256').update('test csrf').digest());
  return app.app.core.db.transaction().execute(async (tx) => {
    const visitors: Visitor[] = [];
    for (let at = 0; at < count; at += 1) {
      const id = newId('user');
      const email = `decider-${at}@example.com`;
      await sql`insert into person (org_id, id, email, first_name, last_name, roles, status, created_at, updated_at)
        values (${app.orgId}, ${id}, ${email}, 'Decider', ${String(at)}, array['Member'], 'ACTIVE', now(), now())`.execute(
        tx,
      );
      await sql`insert into team_member (org_id, team, person_id) values (${app.orgId}, 'release', ${id})`.execute(tx);
      const token = newSessionToken();
      await insertSession(tx, { orgId: app.orgId, personId: id }, token, clock.now());
      const headers = {
        cookie: `${sessionCookieOf(app.url).name}=${token}`,
        'x-csrf-token': csrfTokenOf(csrfKey, token),
      };
      visitors.push({
        id,
        email,
        cookie: headers.cookie,
        csrfToken: headers['x-csrf-token'],
        call: async (method, path, body) => send(`${app.url}${path}`, method, body, headers),
      });
    }
    return visitors;
  });
}

test('two hundred who decide at once make one decision, and the others are told whose', async () => {
  const deciders = await crowd(200);
  const before = await calls();
  const run = await begin(member, await approvedAction());
  const answers: readonly TestAnswer[] = await Promise.all(
    deciders.map(async (who, at) => answer(who, run, at % 2 === 0 ? 'APPROVE' : 'DECLINE', `by ${at}`)),
  );
  const accepted = answers.flatMap(({ status }, at) => (status === 201 ? [at] : []));
  expect(accepted).toHaveLength(1);
  const winner = accepted[0] ?? -1;
  const state = winner % 2 === 0 ? 'APPROVE' : 'DECLINE';
  expect(await readRun(app, run.id)).toMatchObject({
    status: state === 'APPROVE' ? 'IN_PROGRESS' : 'DECLINED',
    approval: { state, userId: deciders[winner]?.id, description: `by ${winner}` },
  });
  for (const [at, { status, body }] of answers.entries()) {
    if (at === winner) continue;
    expect({ status, error: body['error'] }).toEqual({ status: 422, error: 'run_not_waiting_for_approval' });
  }
  const decided =
    await sql`select 1 from event where kind = 'approval.decided' and context ->> 'run' = ${run.id}`.execute(
      app.app.core.db,
    );
  expect(decided.rows).toHaveLength(1);
  expect(await calls()).toBe(before + (state === 'APPROVE' ? 1 : 0));
}, 180_000);

test('a decision, a cancel and a timeout at the same moment end it once', async () => {
  for (let round = 0; round < 8; round += 1) {
    const run = await begin(member, await approvedAction({ type: 'ANY', timeoutMinutes: 1 }));
    clock.advance(round % 2 === 0 ? 60_000 : 59_000);
    const [decided, cancelled] = await Promise.all([
      answer(lead, run, 'DECLINE'),
      member.call('PATCH', `/v1/actions/runs/${run.id}`, { status: 'FAILURE' }),
      runTimers(),
    ]);
    const { status } = await readRun(app, run.id);
    expect(['DECLINED', 'FAILURE']).toContain(status);
    expect([decided.status === 201, cancelled.status === 200].filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(cancelled.status === 200).toBe(status === 'FAILURE');
    const ends = await sql<{ kind: string }>`
      select kind from event where subject = ${`run:${run.id}`} and kind = 'run.ended'`.execute(app.app.core.db);
    expect(ends.rows).toHaveLength(1);
    const closed = await sql`select 1 from event where context ->> 'run' = ${run.id}
      and kind in ('approval.decided', 'approval.cancelled')`.execute(app.app.core.db);
    expect(closed.rows).toHaveLength(1);
  }
}, 60_000);
