import { describe, expect, test } from 'vitest';
import {
  approversIn,
  changed,
  countOf,
  escalationMinutes,
  groupsOf,
  namedIn,
  namesGroups,
  quorumKindOf,
  withApprovers,
  withCount,
  withEscalation,
  withGroups,
  withQuorumKind,
} from './judge-terms.ts';

describe('how many have to approve', () => {
  test('is read from either way of saying it', () => {
    expect(quorumKindOf({})).toBe('any');
    expect(quorumKindOf({ minimumApprovals: 1 })).toBe('any');
    expect([quorumKindOf({ minimumApprovals: 3 }), countOf({ minimumApprovals: 3 })]).toEqual(['count', 3]);
    expect(quorumKindOf({ quorum: 'all' })).toBe('all');
    expect(quorumKindOf({ quorum: '{{ .parameters.quorum }}' })).toBeNull();
    expect(countOf({ quorum: { count: '{{ .vars.n }}' } })).toBe('{{ .vars.n }}');
  });

  test('is said once, and names nobody beside groups', () => {
    const stage = { minimumApprovals: 3, selectedStageRoles: ['sre'] };
    expect(withQuorumKind(stage, 'count')).toEqual({ minimumApprovals: undefined, quorum: { count: 3 } });
    expect(withQuorumKind(stage, 'groups')).toMatchObject({
      selectedStageRoles: undefined,
      quorum: { groups: [{ name: '', count: 1 }] },
    });
    expect(withCount('')).toEqual({ minimumApprovals: undefined, quorum: { count: '' } });
  });

  test('of groups is read as it was written', () => {
    const groups = [{ name: 'SRE', count: 2, named: namedIn({ teams: ['sre'] }) }];
    expect(withGroups(groups)).toEqual({ quorum: { groups: [{ name: 'SRE', count: 2, teams: ['sre'] }] } });
    expect(groupsOf(withGroups(groups))).toEqual(groups);
  });
});

test('who decides is read as it stands, and said in one way', () => {
  const named = { users: ['lead@example.com'], roles: [], teams: ['sre'] };
  expect(withApprovers(named)).toEqual({ approvers: { users: ['lead@example.com'], teams: ['sre'] } });
  expect(approversIn(withApprovers(named))).toEqual(named);
  expect(withApprovers(namedIn({}))).toEqual({});
  // Groups of other clients may be roles or teams; administrators may decide beside them.
  const groups = { selectedStageRoles: ['Moderator', 'sre'] };
  expect([namesGroups(groups), namesGroups({ ...groups, approvers: {} }), namesGroups({})]).toEqual([
    true,
    false,
    false,
  ]);
  expect(approversIn(groups)).toEqual({ users: [], roles: ['Moderator', 'Admin'], teams: ['sre'] });
  const stage = { name: 'Ask', ...groups };
  expect(changed(stage, withApprovers(named))).toEqual({ name: 'Ask', ...withApprovers(named) });
});

test('an escalation is edited in minutes', () => {
  const named = namedIn({ users: ['lead@example.com'] });
  expect(withEscalation(90, named)).toEqual({ escalation: { after: 'PT90M', users: ['lead@example.com'] } });
  expect(escalationMinutes(withEscalation(90, named))).toBe(90);
  expect(escalationMinutes({ escalation: { after: 'P1DT4H' } })).toBe(1_680);
  expect(escalationMinutes({ escalation: { after: '{{ .vars.after }}' } })).toBeNull();
  expect(withEscalation('', named)).toEqual({ escalation: undefined });
});
