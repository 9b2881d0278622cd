import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Quorum } from './approval.ts';
import { type CountedVote, hashContent, type Seat, tally } from './approval-rules.ts';

const people = ['ann', 'ben', 'cho', 'dee', 'eva'];
const groupNames = ['', 'red', 'blue'];

const seats: fc.Arbitrary<readonly Seat[]> = fc
  .uniqueArray(fc.record({ personId: fc.constantFrom(...people), groups: fc.subarray(groupNames, { minLength: 1 }) }), {
    selector: ({ personId }) => personId,
  })
  .map((list) => list.map(({ personId, groups }) => ({ personId, groups: new Set(['', ...groups]) })));
/** One vote a person; everybody's own place, and those of some others. */
const votes: fc.Arbitrary<readonly CountedVote[]> = fc.uniqueArray(
  fc
    .record({
      voterId: fc.constantFrom(...people, 'zoe'),
      verdict: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
      others: fc.subarray(people),
    })
    .map(({ voterId, verdict, others }) => ({ voterId, verdict, fills: [voterId, ...others] })),
  { selector: ({ voterId }) => voterId },
);
const quorum: fc.Arbitrary<Quorum> = fc.oneof(
  fc.constantFrom('any' as const, 'all' as const),
  fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    groups: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })).map(([red, blue]) =>
      [red, blue].map((count, at) => ({
        name: groupNames[at + 1] ?? '',
        count,
        approvers: { users: [], roles: [], teams: [] },
      })),
    ),
  }),
);

test('a quorum is reached by that many different people with a place each, and by nothing else', () => {
  fc.assert(
    fc.property(quorum, seats, votes, (asked, seated, given) => {
      const { outcome, progress } = tally(asked, seated, given);
      const places = new Set(seated.map(({ personId }) => personId));
      const voted = new Set(given.map(({ voterId }) => voterId));
      const counting = given.filter(({ voterId, fills }) =>
        fills.some((person) => places.has(person) && (person === voterId || !voted.has(person))),
      );

      // The order in which votes came changes nothing.
      expect(tally(asked, seated, given.toReversed()).outcome).toBe(outcome);
      if (outcome === 'approved') {
        expect(counting.every(({ verdict }) => verdict === 'approve')).toBe(true);
        expect(counting.length).toBeGreaterThan(0);
        // Nobody is counted twice: as many people voted as the largest count asks for.
        const needed = Math.max(...progress.map((each) => each.needed));
        if (asked !== 'all') expect(counting.length).toBeGreaterThanOrEqual(needed);
        if (asked === 'all') {
          const filled = new Set(counting.flatMap(({ fills }) => fills));
          expect(seated.every(({ personId }) => filled.has(personId))).toBe(true);
        }
      }
      // One place is not two approvals, however it was handed around.
      for (const { approved, group } of progress) {
        const inGroup = seated.filter(({ groups }) => groups.has(group)).length;
        expect(approved).toBeLessThanOrEqual(inGroup);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a rejection by somebody who may decide is enough, whatever else was voted', () => {
  fc.assert(
    fc.property(quorum, seats, votes, (asked, seated, given) => {
      const [seat] = seated;
      fc.pre(seat !== undefined);
      const others = given.filter(({ voterId }) => voterId !== seat.personId);
      const rejection: CountedVote = { voterId: seat.personId, verdict: 'reject', fills: [seat.personId] };
      expect(tally(asked, seated, [...others, rejection]).outcome).toBe('rejected');
    }),
  );
});

test('everybody is nobody while nobody may decide', () => {
  expect(tally('all', [], [{ voterId: 'ann', verdict: 'approve', fills: ['ann'] }]).outcome).toBeNull();
});

test('equal content has one hash, whatever the order of its keys', () => {
  expect(hashContent({ a: 1, b: { d: [1, 2], c: null } })).toBe(hashContent({ b: { c: null, d: [1, 2] }, a: 1 }));
  expect(hashContent({ a: [1, 2] })).not.toBe(hashContent({ a: [2, 1] }));
});
