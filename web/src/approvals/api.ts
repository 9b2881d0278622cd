import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';

export const approvalViews = ['mine', 'pending', 'decided'] as const;
export type ApprovalView = (typeof approvalViews)[number];
export type ApprovalState = 'open' | 'approved' | 'rejected' | 'expired' | 'cancelled' | 'voided';
export type Verdict = 'approve' | 'reject';
export type Through = 'web' | 'api' | 'slack' | 'cli' | 'gate' | 'timeout';

export interface Approval {
  readonly id: string;
  readonly subject: {
    readonly kind: 'run' | 'stage' | 'constraint' | 'exemption';
    readonly id: string;
    readonly attempt: number;
  };
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly link: string | null;
  readonly contentHash: string;
  readonly requestedBy: { readonly id: string; readonly name: string };
  readonly requestedAt: string;
  readonly state: ApprovalState;
  readonly decision: {
    readonly byName: string;
    readonly through: Through | null;
    readonly comment: string | null;
    readonly input: string | null;
    readonly at: string;
  } | null;
  readonly closedAt: string | null;
  readonly quorum: 'any' | 'all' | { readonly count: number } | { readonly groups: readonly unknown[] };
  readonly labels: { readonly approve: string; readonly reject: string };
  readonly inputs: readonly { readonly value: string; readonly label?: string }[];
  readonly instructions: string | null;
  readonly confirm: string | null;
  readonly timeout: { readonly at: string } | null;
  readonly escalatedAt: string | null;
  /** In lists, of open ones that take more than one person. */
  readonly progress: readonly { readonly group: string; readonly approved: number; readonly needed: number }[];
}

export interface Vote {
  readonly by: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly verdict: Verdict;
  readonly comment: string | null;
  readonly input: string | null;
  readonly through: Through;
  readonly onBehalfOf: readonly string[];
  readonly at: string;
}

export interface ApprovalDetail extends Approval {
  readonly votes: readonly Vote[];
  readonly mayStillDecide: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    /** Of the quorum, for which they may approve. */
    readonly groups: readonly string[];
  }[];
  readonly mayStillDecideCount: number;
  readonly me: {
    readonly mayDecide: boolean;
    readonly code?: string;
    readonly reason?: string;
    readonly vote: Vote | null;
  };
}

interface ApprovalPage {
  readonly approvals: readonly Approval[];
  readonly next: string | null;
  readonly waitingForMe: number;
}

export const approvalsQuery = (view: ApprovalView) =>
  infiniteQueryOptions({
    queryKey: ['approvals', view],
    queryFn: async ({ pageParam, signal }) =>
      get<ApprovalPage>('/api/v1/approvals', {
        signal,
        query: { view, cursor: pageParam === '' ? undefined : pageParam },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });

export const approvalCountQuery = queryOptions({
  queryKey: ['approvals', 'count'],
  queryFn: async ({ signal }) =>
    (await get<ApprovalPage>('/api/v1/approvals', { signal, query: { view: 'mine', limit: 1 } })).waitingForMe,
});

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: ['approval', id],
    queryFn: async ({ signal }) =>
      (await get<{ approval: ApprovalDetail }>(path('/api/v1/approvals', id), { signal })).approval,
  });

/** The latest approval about a run; null when it never needed one. */
export const runApprovalQuery = (run: string) =>
  queryOptions({
    queryKey: ['approval', 'run', run],
    queryFn: async ({ signal }) =>
      (await get<{ approval: ApprovalDetail | null }>(path('/api/v1/approval-subjects/run', run), { signal })).approval,
  });

/** What is asked about this attempt of a stage; null once there is nothing to ask. */
export const stageApprovalQuery = (stage: string, attempt: number) =>
  queryOptions({
    queryKey: ['approval', 'stage', stage, attempt],
    queryFn: async ({ signal }) => {
      const address = path('/api/v1/approval-subjects/stage', stage);
      const { approval } = await get<{ approval: ApprovalDetail | null }>(address, { signal });
      return approval?.state === 'open' && approval.subject.attempt === attempt ? approval : null;
    },
  });

export interface Answer {
  readonly verdict: Verdict;
  readonly comment: string | null;
  readonly input: string | null;
}

/** Says what was on the screen, so that something else cannot be decided by it. */
export const decide = async (approval: Approval, answer: Answer): Promise<ApprovalDetail> => {
  const seen = { attempt: approval.subject.attempt, contentHash: approval.contentHash };
  const body = { ...answer, ...seen };
  return (await post<{ approval: ApprovalDetail }>(path('/api/v1/approvals', approval.id, 'decision'), body)).approval;
};

export const handOver = async (id: string, body: { readonly to: string; readonly reason: string }): Promise<unknown> =>
  post(path('/api/v1/approvals', id, 'delegation'), body);

export const recordAddress = (id: string): string => path('/api/v1/approvals', id, 'record');
