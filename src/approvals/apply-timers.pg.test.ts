import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserActor } from '#platform/commands/actor.ts';
import { createLog } from '#platform/log.ts';
import { type ApprovalWorld, createApprovalWorld, nobody } from '#testing/approval-world.ts';
import type { SubjectKind } from './approval.ts';
import { approvalTimersChore } from './apply-timers.ts';
import { openApprovalsFor } from './approval-queries.ts';

const minuteMs = 60_000;
const closed: string[] = [];
const kinds: readonly SubjectKind[] = [
  {
    kind: 'stage',
    closed: async (_ctx, { id, state }) => {
      if (state === 'rejected') throw new Error(`The subject of ${id} cannot take it`);
      closed.push(`${id} ${state}`);
    },
  },
];
let world: ApprovalWorld;
let lead: UserActor;
let boss: UserActor;
beforeAll(async () => {
  world = await createApprovalWorld(kinds);
  lead = await world.person('lead');
  boss = await world.person('boss');
});
afterAll(async () => world.close());

const byLead = { ...nobody, users: ['lead@example.com'] };
const at = (minutes: number): string => new Date(world.clock.now().getTime() + minutes * minuteMs).toISOString();

/** As every process does every two seconds. */
async function look(): Promise<void> {
  const { db, runner, clock } = world;
  const log = createLog({ level: 'silent', pretty: false });
  await approvalTimersChore({ db, runner, clock, log, publicUrl: '' }, kinds).run();
}

const told = async (id: string): Promise<readonly string[]> => (await world.events(id)).map(({ kind }) => kind);

describe('time', () => {
  test('reminds at every interval until somebody decides', async () => {
    const { id } = await world.ask({ approvers: byLead, remindEveryMs: 10 * minuteMs });
    await look();
    expect(await told(id)).toEqual(['approval.requested']);
    for (const _round of [1, 2]) {
      world.clock.advance(10 * minuteMs);
      await Promise.all([look(), look()]);
    }
    expect(await told(id)).toEqual(['approval.requested', 'approval.reminded', 'approval.reminded']);
    await world.decide(lead, { id, verdict: 'approve' });
    world.clock.advance(10 * minuteMs);
    await look();
    expect((await told(id)).at(-1)).toBe('approval.decided');
  });

  test('that passed while nothing ran is one reminder, and the next comes when it would have', async () => {
    const { id } = await world.ask({ approvers: byLead, remindEveryMs: 10 * minuteMs });
    world.clock.advance(35 * minuteMs);
    await look();
    expect(await world.read(id)).toMatchObject({ remindersSent: 3 });
    expect((await told(id)).filter((kind) => kind === 'approval.reminded')).toHaveLength(1);
    world.clock.advance(5 * minuteMs);
    await look();
    expect(await world.read(id)).toMatchObject({ remindersSent: 4 });
  });

  test('lets more people decide', async () => {
    const approvers = { ...nobody, users: ['boss@example.com'] };
    const { id } = await world.ask({ approvers: byLead, escalation: { afterMs: 30 * minuteMs, approvers } });
    await expect(world.decide(boss, { id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'approval_not_permitted',
    });
    world.clock.advance(30 * minuteMs);
    await look();
    expect((await openApprovalsFor(world.db, boss, 50)).map((each) => each.id)).toContain(id);
    await look();
    expect(await told(id)).toEqual(['approval.requested', 'approval.escalated']);
    expect((await world.decide(boss, { id, verdict: 'approve' })).approval.state).toBe('approved');
  });

  test.each([
    ['approve', 'approved'],
    ['expire', 'expired'],
  ] as const)('ends it with what was agreed for that: %s', async (outcome, state) => {
    const { id } = await world.ask({ approvers: byLead, timeout: { at: at(5), outcome } });
    world.clock.advance(5 * minuteMs);
    await Promise.all([look(), look()]);
    expect(await world.read(id)).toMatchObject({ state, dueAt: null, decision: { through: 'timeout' } });
    expect(await told(id)).toEqual(['approval.requested', 'approval.decided']);
    expect(closed.filter((one) => one.startsWith(id))).toEqual([`${id} ${state}`]);
  });

  test('of one that cannot be settled does not hold up another', async () => {
    const broken = await world.ask({ approvers: byLead, timeout: { at: at(1), outcome: 'reject' } });
    const fine = await world.ask({ approvers: byLead, timeout: { at: at(1), outcome: 'expire' } });
    world.clock.advance(minuteMs);
    await look();
    expect((await world.read(fine.id)).state).toBe('expired');
    // Nothing of it happened, so the next look tries all of it again.
    expect((await world.read(broken.id)).state).toBe('open');
    expect(await told(broken.id)).toEqual(['approval.requested']);
  });
});

test('a decision and the timeout at the same moment make one end', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await world.ask({ approvers: byLead, timeout: { at: at(1), outcome: 'expire' } });
    world.clock.advance(round % 2 === 0 ? minuteMs : minuteMs - 1);
    await Promise.allSettled([world.decide(lead, { id, verdict: 'approve' }), look()]);
    await look();
    const { state } = await world.read(id);
    expect(state).toBe(round % 2 === 0 ? 'expired' : 'approved');
    expect((await told(id)).filter((kind) => kind === 'approval.decided')).toHaveLength(1);
  }
});
