import type { ApprovalDetail, Verdict } from '../src/approvals/api.ts';
import { ago } from './data/catalog.ts';
import { announce } from './live.ts';
import { at, Refusal, type Route } from './reply.ts';

const waiting = (id: string, title: string, hours: number, more: Partial<ApprovalDetail> = {}): ApprovalDetail => ({
  id,
  subject: { kind: 'run', id: 'r_W6nYt4cJq8RbX0pS', attempt: 1 },
  title,
  summary: 'Runs the deployment workflow of **checkout** against production.',
  facts: [
    { label: 'Requested by', value: 'Payments Developer' },
    { label: 'service', value: 'Checkout' },
    { label: 'Calls', value: 'GitHub acme/checkout deploy.yml' },
    { label: 'Version', value: '2026.11.3' },
  ],
  link: '/runs/r_W6nYt4cJq8RbX0pS',
  contentHash: 'sample',
  requestedBy: { id: 'usr_dev', name: 'Payments Developer' },
  requestedAt: ago(hours),
  state: 'open',
  decision: null,
  closedAt: null,
  quorum: 'any',
  labels: { approve: 'Approve', reject: 'Reject' },
  inputs: [],
  instructions: null,
  confirm: null,
  timeout: null,
  escalatedAt: null,
  votes: [],
  progress: [{ group: '', approved: 0, needed: 1 }],
  mayStillDecide: [
    { id: 'usr_admin', name: 'Platform Admin', email: 'admin@example.com', groups: [] },
    { id: 'usr_lead', name: 'Payments Lead', email: 'lead@example.com', groups: [] },
  ],
  mayStillDecideCount: 2,
  me: { mayDecide: true, vote: null },
  ...more,
});

const decided = {
  byName: 'Payments Lead',
  through: 'slack',
  comment: 'Not during the freeze.',
  input: null,
  at: ago(26),
} as const;

const approvals = new Map<string, ApprovalDetail>(
  [
    waiting('apr_run', 'Deploy: Checkout', 0.4),
    waiting('apr_stage', 'Promote ledger to production', 3, {
      subject: { kind: 'stage', id: 'stage_1', attempt: 2 },
      instructions: 'Look at the [canary dashboard](https://example.com/canary) first.',
      inputs: [{ value: 'canary' }, { value: 'full', label: 'Everything' }],
      confirm: 'Customers notice this. Go on?',
      quorum: { count: 2 },
      progress: [{ group: '', approved: 1, needed: 2 }],
      votes: [
        {
          by: { id: 'usr_lead', name: 'Payments Lead', email: 'lead@example.com' },
          verdict: 'approve',
          comment: 'Canary looks good.',
          input: 'canary',
          through: 'slack',
          onBehalfOf: [],
          at: ago(1),
        },
      ],
    }),
    waiting('apr_own', 'Rotate the signing key', 1, {
      me: {
        mayDecide: false,
        code: 'approval_self',
        reason: 'You asked for "Rotate the signing key" yourself: somebody else has to decide.',
        vote: null,
      },
    }),
    waiting('apr_done', 'Deploy: Invoicing', 30, { state: 'rejected', decision: decided, closedAt: decided.at }),
  ].map((approval) => [approval.id, approval]),
);

function found(id: string | undefined): ApprovalDetail {
  const approval = approvals.get(id ?? '');
  if (approval === undefined) throw new Refusal(404, 'not_found', `Approval with identifier "${id}" was not found`);
  return approval;
}

const mine = (): ApprovalDetail[] => [...approvals.values()].filter((one) => one.state === 'open' && one.me.mayDecide);

/** Enough of the inbox to look at it and to press its buttons. */
export const approvalRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/exemptions'),
    handle: () => ({ body: { exemptions: [] } }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/scorecards/:bp/:id/exemption-policy'),
    handle: () => ({ body: { approvers: { users: [], roles: ['Admin'], teams: ['platform'] } } }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/approvals'),
    handle: ({ query }) => {
      const view = query.get('view') ?? 'mine';
      const all = [...approvals.values()].filter((one) => (one.state === 'open') === (view !== 'decided'));
      return { body: { approvals: view === 'mine' ? mine() : all, next: null, waitingForMe: mine().length } };
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/approvals/:id'),
    handle: ({ params }) => ({ body: { approval: found(params[0]) } }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/approval-subjects/:kind/:id'),
    handle: ({ params }) => ({
      body: { approval: [...approvals.values()].find((one) => one.subject.id === params[1]) ?? null },
    }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/approvals/:id/decision'),
    handle: ({ params, body }) => {
      const approval = found(params[0]);
      const verdict = body['verdict'] as Verdict;
      const when = new Date().toISOString();
      const after: ApprovalDetail = {
        ...approval,
        state: verdict === 'approve' ? 'approved' : 'rejected',
        closedAt: when,
        decision: {
          byName: 'Platform Admin',
          through: 'web',
          comment: (body['comment'] as string | null) ?? null,
          input: null,
          at: when,
        },
        me: { mayDecide: false, vote: null },
      };
      approvals.set(approval.id, after);
      announce('UPDATE', 'approval', { approval: approval.id });
      return { body: { approval: after } };
    },
  },
];
