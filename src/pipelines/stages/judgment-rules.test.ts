import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkJudges, type JudgeChecks, type Judged } from './judgment-rules.ts';
import { escalationOf, quorumOf } from './judgment-terms.ts';

const hour = 3_600_000;
const saved: JudgeChecks = { expressions: true, timeoutMs: 24 * hour };
const begun = { expressions: false, timeoutMs: null };

function fieldsOf(given: Judged, checks = saved): readonly string[] {
  return checkJudges(given, checks).map(({ field }) => field);
}

const sre = { name: 'SRE', teams: ['sre'] };

describe('who has to judge', () => {
  test.each<[string, Judged]>([
    ['nothing said', {}],
    ['a number', { minimumApprovals: 2 }],
    ['everybody', { quorum: 'all', approvers: { teams: ['sre'] } }],
    ['a count', { quorum: { count: 3 } }],
    ['groups', { quorum: { groups: [sre, { name: 'Security', roles: ['Admin'], count: 2 }] } }],
    ['escalation', { escalation: { after: 'PT4H', users: ['lead@example.com'] } }],
    ['nulls of other clients', { quorum: null, minimumApprovals: null, escalation: null, approvers: null }],
    [
      'expressions',
      { quorum: { count: '{{ .parameters.n }}' }, escalation: { after: '{{ .vars.t }}', teams: ['sre'] } },
    ],
    ['a whole expression', { quorum: '{{ .parameters.quorum }}', approvers: { users: '{{ .vars.people }}' } }],
  ])('may be %s', (_name, given) => {
    expect(fieldsOf(given)).toEqual([]);
  });

  test.each<[string, Judged, string]>([
    ['a word that is none', { quorum: 'most' }, 'quorum'],
    ['a list', { quorum: [] }, 'quorum'],
    ['both ways at once', { quorum: 'all', minimumApprovals: 2 }, 'quorum'],
    ['a count and groups', { quorum: { count: 1, groups: [sre] } }, 'quorum'],
    ['a negative count', { quorum: { count: -1 } }, 'quorum.count'],
    ['half a person', { quorum: { count: 1.5 } }, 'quorum.count'],
    ['no number', { minimumApprovals: 'two' }, 'minimumApprovals'],
    ['too many', { minimumApprovals: 101 }, 'minimumApprovals'],
    ['no groups', { quorum: { groups: [] } }, 'quorum.groups'],
    ['groups beside others', { quorum: { groups: [sre] }, selectedStageRoles: ['sre'] }, 'quorum.groups'],
    ['a group that is a text', { quorum: { groups: ['sre'] } }, 'quorum.groups[0]'],
    ['a group of nobody', { quorum: { groups: [{ name: 'Empty' }] } }, 'quorum.groups[0]'],
    ['a group without a name', { quorum: { groups: [{ teams: ['sre'] }] } }, 'quorum.groups[0].name'],
    ['a name twice', { quorum: { groups: [sre, sre] } }, 'quorum.groups[1].name'],
    ['a group of none', { quorum: { groups: [{ ...sre, count: 0 }] } }, 'quorum.groups[0].count'],
    ['a group of numbers', { quorum: { groups: [{ name: 'x', teams: [1] }] } }, 'quorum.groups[0].teams'],
    ['a text for names', { approvers: { users: 'somebody' } }, 'approvers.users'],
    ['nobody at all', { approvers: {} }, 'approvers'],
    ['an escalation that is a text', { escalation: 'PT1H' }, 'escalation'],
    ['an escalation to nobody', { escalation: { after: 'PT1H' } }, 'escalation'],
    ['a duration that is a number', { escalation: { after: 60_000, teams: ['sre'] } }, 'escalation.after'],
    ['a negative duration', { escalation: { after: 'PT-4H', teams: ['sre'] } }, 'escalation.after'],
    ['seconds', { escalation: { after: 'PT5S', teams: ['sre'] } }, 'escalation.after'],
    ['later than the end', { escalation: { after: 'P2D', teams: ['sre'] } }, 'escalation.after'],
    ['no answer', { preventSelfApproval: 'yes' }, 'preventSelfApproval'],
  ])('is not %s', (_name, given, field) => {
    expect(fieldsOf(given)).toEqual([field]);
  });

  test('is no expression any more when it is asked', () => {
    for (const given of [
      { quorum: '{{ .n }}' },
      { minimumApprovals: '{{ .n }}' },
      { escalation: { after: '{{ .t }}', teams: ['sre'] } },
    ]) {
      expect(fieldsOf(given, begun)).toHaveLength(1);
    }
  });

  test('is never fewer than was written, whatever passes', () => {
    const names = fc.option(fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }), { nil: undefined });
    const count = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null), fc.constant('3'));
    const group = fc.record({ name: fc.string(), count, users: names, teams: names }, { requiredKeys: [] });
    const quorum = fc.oneof(
      fc.constantFrom('any', 'all', undefined, null),
      fc.anything(),
      fc.record({ count }),
      fc.record({ groups: fc.array(group, { maxLength: 3 }) }),
    );
    const escalation = fc.oneof(
      fc.anything(),
      fc.record({ after: fc.oneof(fc.anything(), fc.constantFrom('PT1H', 'P3D', 'PT0S')), users: names }),
    );
    fc.assert(
      fc.property(fc.record({ quorum, minimumApprovals: count, escalation }, { requiredKeys: [] }), (given) => {
        if (checkJudges(given, begun).length > 0) return;
        const read = quorumOf(given);
        const wanted = given.quorum as { count?: unknown; groups?: readonly { count?: unknown }[] } | undefined | null;
        if (typeof read === 'object' && 'groups' in read) {
          expect(read.groups.map((each) => each.count)).toEqual(wanted?.groups?.map((each) => Number(each.count ?? 1)));
        } else {
          const least = read === 'any' ? 1 : read === 'all' ? Infinity : read.count;
          const said = given.quorum === 'all' ? Infinity : Number(wanted?.count ?? given.minimumApprovals ?? 1);
          expect(least).toBe(said);
        }
        if (given.escalation !== undefined && given.escalation !== null) expect(escalationOf(given)).not.toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});
