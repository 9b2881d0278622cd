import { expect, test } from 'vitest';
import type { Approval, ApprovalTerms } from '#approvals/approval.ts';
import type { ApprovalCard } from './approval-card.ts';
import { openFacts } from './approval-card.ts';

const nobody = { users: [], roles: [], teams: [] };
const terms: ApprovalTerms = {
  approvers: nobody,
  quorum: 'any',
  allowSelfApproval: true,
  labels: { approve: 'Approve', reject: 'Reject' },
  inputs: [],
  instructions: null,
  confirm: null,
  timeout: null,
  remindEveryMs: null,
  escalation: null,
  notifications: [],
};

function facts(quorum: ApprovalTerms['quorum'], more: Partial<ApprovalCard>): string {
  const approval = { requestedByName: 'Asker', requestedAt: new Date(0), terms: { ...terms, quorum } } as Approval;
  const card = { approval, progress: [], waiting: [], language: 'en', ...more } as unknown as ApprovalCard;
  return openFacts(card).join('\n');
}

test('a card tells who has still to approve, where it has to be they', () => {
  const waiting = [
    { name: 'Ada', groups: new Set(['']) },
    { name: 'Kim & Co', groups: new Set(['']) },
  ];
  expect(facts('all', { waiting })).toContain('still to approve: Ada, Kim &amp; Co');
  expect(facts({ count: 2 }, { waiting, progress: [{ group: '', approved: 1, needed: 2 }] })).not.toContain('still');
  const groups = [
    { name: 'SRE', approvers: nobody, count: 1 },
    { name: 'Security', approvers: nobody, count: 1 },
  ];
  const told = facts(
    { groups },
    {
      waiting: [
        { name: 'Ada', groups: new Set(['SRE']) },
        { name: 'Kim', groups: new Set(['Security']) },
      ],
      progress: [
        { group: 'SRE', approved: 1, needed: 1 },
        { group: 'Security', approved: 0, needed: 1 },
      ],
    },
  );
  expect(told).toContain('SRE: 1 of 1 approvals');
  expect(told).toContain('Security: 0 of 1 approvals · still to approve: Kim');
  expect(told).not.toContain('Ada');
});
