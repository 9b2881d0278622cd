import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deletePerson, updatePerson } from '#access/update-person.ts';
import { systemActor, type UserActor } from '#platform/commands/actor.ts';
import { type ApprovalWorld, createApprovalWorld, nobody } from '#testing/approval-world.ts';
import { cancelApproval, voidApproval } from './cancel-approval.ts';
import { progressOf } from './approver-queries.ts';
import { delegateApproval } from './delegate-approval.ts';
import { approvalForSubject, openApprovalsFor, votesOf } from './approval-queries.ts';

let world: ApprovalWorld;
let lead: UserActor;
let second: UserActor;
let stranger: UserActor;
const closed: string[] = [];
beforeAll(async () => {
  world = await createApprovalWorld([
    { kind: 'stage', closed: async (_ctx, { id, state }) => void closed.push(`${id} ${state}`) },
  ]);
  lead = await world.person('lead', ['Member'], ['release']);
  second = await world.person('second', ['Member', 'Moderator']);
  stranger = await world.person('stranger');
});
afterAll(async () => world.close());

const both = { users: ['SECOND@example.com'], roles: [], teams: ['release'] };
const admin = (): ReturnType<typeof systemActor> => systemActor(world.orgId, 'tests');

describe('a decision', () => {
  test('of one who is asked ends it, is told in the log and carried out in the same transaction', async () => {
    const { id } = await world.ask({ approvers: both });
    const { approval } = await world.decide(lead, { id, verdict: 'approve', comment: ' go\u0000 ' });
    expect(approval).toMatchObject({
      state: 'approved',
      dueAt: null,
      decision: { by: lead.id, byName: 'lead', through: 'api', comment: 'go' },
    });
    expect(await world.read(id)).toEqual(approval);
    expect((await world.events(id)).map(({ kind }) => kind)).toEqual(['approval.requested', 'approval.decided']);
    expect((await world.events(id))[1]?.after).toMatchObject({ state: 'approved', vote: { voterId: lead.id } });
    expect(closed).toContain(`${id} approved`);
  });

  test('by somebody who is not asked is refused, with who is', async () => {
    const { id } = await world.ask({ approvers: both });
    await expect(world.decide(stranger, { id, verdict: 'approve' })).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'approval_not_permitted',
      message: expect.stringContaining('team release') as string,
      details: { approval: id, approvers: both },
    });
    expect(await world.events(id)).toHaveLength(1);
  });

  test('that comes second is told who was first', async () => {
    const { id } = await world.ask({ approvers: both });
    await world.decide(lead, { id, verdict: 'reject' });
    await expect(world.decide(second, { id, verdict: 'approve' })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'approval_already_decided',
      details: { state: 'rejected', decidedBy: lead.id, decidedByName: 'lead', through: 'api' },
    });
  });

  test('about what one asked for is refused, also to credentials that asked in a name, unless allowed', async () => {
    const own = await world.ask({ approvers: both, requestedBy: lead.id });
    await expect(world.decide(lead, { id: own.id, verdict: 'reject' })).rejects.toMatchObject({
      code: 'approval_self',
    });
    const impersonated = await world.ask({ approvers: both, requestedBy: stranger.id, impersonatedBy: lead.id });
    await expect(world.decide(lead, { id: impersonated.id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_self',
    });
    const allowed = await world.ask({ approvers: both, requestedBy: lead.id, allowSelfApproval: true });
    expect((await world.decide(lead, { id: allowed.id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('is refused when the role, the team or the person went between ask and click', async () => {
    const { id } = await world.ask({ approvers: { users: [], roles: ['Moderator'], teams: ['night'] } });
    const former = await world.person('former', ['Member', 'Moderator']);
    const gone = await world.person('gone', ['Moderator']);
    const disabled = await world.person('disabled', ['Moderator']);
    const moved = await world.person('moved', ['Member'], ['night']);
    await world.as(admin(), updatePerson, { email: former.email, roles: ['Member'] });
    await world.as(admin(), updatePerson, { email: moved.email, teams: [] });
    await world.as(admin(), deletePerson, { email: gone.email });
    await sql`update person set status = 'DISABLED' where id = ${disabled.id}`.execute(world.db);
    for (const actor of [former, moved, gone, disabled]) {
      await expect(world.decide(actor, { id, verdict: 'approve' })).rejects.toMatchObject({
        code: 'approval_not_permitted',
      });
    }
    expect((await world.decide(second, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('about an earlier attempt, other content or another version is refused', async () => {
    const { id } = await world.ask({ approvers: both });
    const about = (seen: object) => world.decide(lead, { id, verdict: 'approve', seen });
    await expect(about({ attempt: 2 })).rejects.toMatchObject({ code: 'approval_superseded' });
    await expect(about({ contentHash: 'other' })).rejects.toMatchObject({ code: 'approval_changed' });
    await expect(about({ version: 9 })).rejects.toMatchObject({ kind: 'stale' });
    await about({ attempt: 1, contentHash: 'hash-1', version: 1 });
  });

  test('names one of the choices', async () => {
    const { id } = await world.ask({ approvers: both, inputs: [{ value: 'canary' }, { value: 'full' }] });
    await expect(world.decide(lead, { id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_input_required',
      details: { field: 'input', offered: ['canary', 'full'] },
    });
    await expect(world.decide(lead, { id, verdict: 'approve', input: 'half' })).rejects.toMatchObject({
      code: 'approval_input_unknown',
    });
    const { approval } = await world.decide(lead, { id, verdict: 'approve', input: 'canary' });
    expect(approval.decision?.input).toBe('canary');
  });

  test('after the deadline is refused even before the timer ran', async () => {
    const at = new Date(world.clock.now().getTime() + 1_000).toISOString();
    const { id } = await world.ask({ approvers: both, timeout: { at, outcome: 'reject' } });
    world.clock.advance(1_000);
    await expect(world.decide(lead, { id, verdict: 'approve' })).rejects.toMatchObject({ code: 'approval_expired' });
  });
});

describe('several', () => {
  test('have to approve where two are asked for, each once, and one may change their mind', async () => {
    const { id } = await world.ask({ approvers: both, quorum: { count: 2 } });
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('open');
    await expect(world.decide(lead, { id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_already_voted',
    });
    expect((await openApprovalsFor(world.db, lead, 50)).map((each) => each.id)).not.toContain(id);
    expect((await openApprovalsFor(world.db, second, 50)).map((each) => each.id)).toContain(id);
    expect((await world.decide(lead, { id, verdict: 'reject' })).approval.state).toBe('rejected');
    expect((await world.events(id)).map(({ kind }) => kind)).toEqual([
      'approval.requested',
      'approval.voted',
      'approval.decided',
    ]);
  });

  test('count only while they may: a vote of somebody who lost the role is not enough', async () => {
    const leaving = await world.person('leaving', ['Member', 'Moderator']);
    const approvers = { users: [], roles: ['Moderator'], teams: ['release'] };
    const { id } = await world.ask({ approvers, quorum: { count: 2 } });
    await world.decide(leaving, { id, verdict: 'approve' });
    await world.as(admin(), updatePerson, { email: leaving.email, roles: ['Member'] });
    expect((await world.decide(second, { id, verdict: 'approve' })).approval.state).toBe('open');
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('of each group are needed', async () => {
    const groups = [
      { name: 'release', approvers: { ...nobody, teams: ['release'] }, count: 1 },
      { name: 'security', approvers: { ...nobody, users: [second.email] }, count: 1 },
    ];
    const { id } = await world.ask({ quorum: { groups } });
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('open');
    const two = await world.ask({ approvers: both, quorum: { count: 2 } });
    const one = await world.ask({ approvers: both });
    const listed = await openApprovalsFor(world.db, second, 50);
    const progress = await progressOf(world.db, listed);
    expect(progress.get(id)).toEqual([
      { group: 'release', approved: 1, needed: 1 },
      { group: 'security', approved: 0, needed: 1 },
    ]);
    expect(progress.get(two.id)).toEqual([{ group: '', approved: 0, needed: 2 }]);
    expect(progress.has(one.id)).toBe(false);
    expect((await world.decide(second, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('count credentials in lists, too, where administrators are asked', async () => {
    const credential = { kind: 'credential', orgId: world.orgId, id: 'client', name: 'Pipeline' } as const;
    await sql`insert into credential (org_id, id, client_id, name, sealed_secret, created_at, created_by, updated_at)
      values (${world.orgId}, 'client', 'client', 'Pipeline', 'sealed', now(), 'tests', now())`.execute(world.db);
    const { id } = await world.ask({ approvers: { ...both, roles: ['Admin'] }, quorum: { count: 2 } });
    await world.decide(credential, { id, verdict: 'approve' });
    expect((await progressOf(world.db, await openApprovalsFor(world.db, lead, 50))).get(id)).toEqual([
      { group: '', approved: 1, needed: 2 },
    ]);
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('means everybody who may at that time', async () => {
    const { id } = await world.ask({ approvers: both, quorum: 'all' });
    expect((await world.decide(second, { id, verdict: 'approve' })).approval.state).toBe('open');
    const late = await world.person('late', ['Member'], ['release']);
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('open');
    expect((await world.decide(late, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });
});

describe('a place handed over', () => {
  test('is decided by whom it was given to, in the name of both', async () => {
    const { id } = await world.ask({ approvers: both });
    await world.as(lead, delegateApproval, { id, to: stranger.email, reason: 'On leave' });
    expect((await openApprovalsFor(world.db, stranger, 50)).map((each) => each.id)).toContain(id);
    const { approval, vote } = await world.decide(stranger, { id, verdict: 'approve' });
    expect(approval.state).toBe('approved');
    expect(vote).toMatchObject({ voterId: stranger.id, onBehalfOf: [lead.id] });
  });

  test('counts once with the place of who has it', async () => {
    const { id } = await world.ask({ approvers: both, quorum: { count: 2 } });
    await world.as(lead, delegateApproval, { id, to: second.email });
    expect((await world.decide(second, { id, verdict: 'approve' })).approval.state).toBe('open');
    expect((await world.decide(lead, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('goes neither to who asked nor on from who has none, and not for others', async () => {
    const { id } = await world.ask({ approvers: both, requestedBy: stranger.id });
    const hand = async (actor: UserActor, to: string, from?: string) =>
      world.as(actor, delegateApproval, { id, to, from });
    await expect(hand(lead, stranger.email)).rejects.toMatchObject({ code: 'approval_self', details: { field: 'to' } });
    await expect(hand(stranger, lead.email)).rejects.toMatchObject({ code: 'approval_not_permitted' });
    await expect(hand(second, stranger.email, lead.email)).rejects.toMatchObject({ code: 'missing_permissions' });
    await expect(hand(lead, 'nobody@example.com')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('lapses with the place', async () => {
    const short = await world.person('short', ['Member', 'Moderator']);
    const { id } = await world.ask({ approvers: { ...nobody, roles: ['Moderator'] } });
    await world.as(short, delegateApproval, { id, to: stranger.email });
    await world.as(admin(), updatePerson, { email: short.email, roles: ['Member'] });
    await expect(world.decide(stranger, { id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_not_permitted',
    });
  });
});

describe('a subject', () => {
  test('has one open approval: the same content is asked once, other content voids what was asked', async () => {
    const first = await world.ask({ approvers: both });
    const again = await world.ask({ approvers: both, subject: first.subject });
    expect(again.id).toBe(first.id);
    const edited = await world.ask({ approvers: both, subject: first.subject, contentHash: 'hash-2' });
    expect(edited.id).not.toBe(first.id);
    expect((await world.read(first.id)).state).toBe('voided');
    await expect(world.decide(lead, { id: first.id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_voided',
    });
    expect((await approvalForSubject(world.db, world.orgId, first.subject))?.id).toBe(edited.id);
  });

  test('that is started again cancels what was asked before', async () => {
    const first = await world.ask({ approvers: both });
    const restarted = await world.ask({ approvers: both, subject: { ...first.subject, attempt: 2 } });
    expect((await world.read(first.id)).state).toBe('cancelled');
    await expect(world.decide(lead, { id: first.id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_cancelled',
    });
    expect((await world.decide(lead, { id: restarted.id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test('that ends by itself closes its approval once', async () => {
    const { id, subject } = await world.ask({ approvers: both });
    await world.as(admin(), cancelApproval, { subject, reason: 'The run was cancelled.' });
    expect(await world.as(admin(), cancelApproval, { subject, reason: null })).toBeNull();
    expect(await world.as(admin(), voidApproval, { subject, reason: null })).toBeNull();
    expect(await world.read(id)).toMatchObject({
      state: 'cancelled',
      decision: { comment: 'The run was cancelled.', through: null },
    });
    expect(await votesOf(world.db, world.orgId, id)).toEqual([]);
  });

  test.each([
    ['title', { title: ' ' }],
    ['quorum', { quorum: { count: 0 } }],
    ['quorum', { quorum: { groups: [] } }],
    ['remindEveryMs', { remindEveryMs: 10 }],
  ])('is not asked about without end: %s', async (field, request) => {
    await expect(world.ask(request)).rejects.toMatchObject({ code: 'invalid_approval', details: { field } });
  });
});
