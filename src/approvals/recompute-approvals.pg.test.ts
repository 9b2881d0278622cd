import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { updatePerson } from '#access/update-person.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { type ApprovalWorld, createApprovalWorld, nobody } from '#testing/approval-world.ts';
import type { SubjectKind } from './approval.ts';
import { recomputeApproval, recountReader } from './recompute-approvals.ts';
import type { LoggedEvent } from '#platform/events/event.ts';

const closed: string[] = [];
const kinds: readonly SubjectKind[] = [
  { kind: 'stage', closed: async (_ctx, { id, state }) => void closed.push(`${id} ${state}`) },
];
let world: ApprovalWorld;
beforeAll(async () => {
  world = await createApprovalWorld(kinds);
});
afterAll(async () => world.close());

async function recount(id: string): Promise<void> {
  await world.as(systemActor(world.orgId, 'tests'), recomputeApproval(kinds), { id });
}

test('who was still missing and left is waited for no more', async () => {
  const ann = await world.person('ann', ['Member'], ['payments']);
  const ben = await world.person('ben', ['Member'], ['payments']);
  const { id } = await world.ask({ approvers: { ...nobody, teams: ['payments'] }, quorum: 'all' });
  await world.decide(ann, { id, verdict: 'approve', comment: 'Fine.' });
  await recount(id);
  expect(await world.read(id)).toMatchObject({ state: 'open' });
  await world.as(systemActor(world.orgId, 'tests'), updatePerson, { email: ben.email, status: 'DISABLED' });
  await Promise.all([recount(id), recount(id)]);
  expect(await world.read(id)).toMatchObject({
    state: 'approved',
    decision: { by: ann.id, through: 'api', comment: 'Fine.' },
  });
  expect(closed.filter((each) => each.startsWith(id))).toStrictEqual([`${id} approved`]);
  expect((await world.events(id)).filter(({ kind }) => kind === 'approval.decided')).toHaveLength(1);
});

test('a group that is full again counts; without a vote nothing is decided', async () => {
  const cat = await world.person('cat', ['Member'], ['sre']);
  const dan = await world.person('dan', ['Member'], ['security']);
  const groups = ['sre', 'security'].map((name) => ({ name, approvers: { ...nobody, teams: [name] }, count: 1 }));
  const { id } = await world.ask({ quorum: { groups } });
  await recount(id);
  await world.decide(cat, { id, verdict: 'approve' });
  const system = systemActor(world.orgId, 'tests');
  await world.as(system, updatePerson, { email: cat.email, teams: [] });
  world.clock.advance(1_000);
  await world.decide(dan, { id, verdict: 'approve' });
  expect(await world.read(id)).toMatchObject({ state: 'open' });
  await world.as(system, updatePerson, { email: cat.email, teams: ['sre'] });
  await recount(id);
  expect(await world.read(id)).toMatchObject({ state: 'approved', decision: { by: dan.id } });
});

test('changes of people and teams are what it hears', async () => {
  const events = await sql<{ kind: string; action: string }>`
    select distinct kind, action from event where org_id = ${world.orgId}`.execute(world.db);
  const heard = events.rows.filter((event) => recountReader.concerns?.(event as LoggedEvent)).map(({ kind }) => kind);
  expect(heard).toContain('user.updated');
  expect(heard).not.toContain('user.created');
});
