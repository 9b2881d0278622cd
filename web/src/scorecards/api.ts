import { queryOptions } from '@tanstack/react-query';
import { get, path, post, request } from '../api/client.ts';
import type { Run, Scorecard } from '../api/wire.ts';
import type { Block } from '../slack/blocks.ts';

export const scorecardsQuery = queryOptions({
  queryKey: ['scorecards'],
  queryFn: async ({ signal }) =>
    (await get<{ scorecards: readonly Scorecard[] }>('/v1/scorecards', { signal })).scorecards,
});

export interface RuleSummary {
  readonly identifier: string;
  readonly title: string;
  readonly level: string;
  readonly passed: number;
  readonly failed: number;
  /** Of those that passed, how many by an exemption; absent from servers before it. */
  readonly exempt?: number;
  readonly failing: readonly { readonly identifier: string; readonly title: string; readonly team?: string | null }[];
}

export interface TeamSummary {
  readonly team: string | null;
  readonly entities: number;
  readonly passedRules: number;
  readonly totalRules: number;
}

export interface Summary {
  readonly levels: readonly { readonly title: string; readonly color: string; readonly count: number }[];
  readonly rules: readonly RuleSummary[];
  readonly teams: readonly TeamSummary[];
  readonly entities: number;
}

const base = (blueprint: string, id: string, ...rest: readonly string[]): string =>
  path('/api/v1/scorecards', blueprint, id, ...rest);

export const summaryQuery = (blueprint: string, id: string) =>
  queryOptions({
    queryKey: ['scorecard-summary', blueprint, id],
    queryFn: async ({ signal }) =>
      (await get<{ summary: Summary }>(base(blueprint, id, 'summary'), { signal })).summary,
  });

export interface ReminderPreview {
  readonly messages: readonly { readonly blocks: readonly Block[] }[];
  readonly remindedEntities: number;
  readonly channel?: string;
}

export const reminderPreviewQuery = (blueprint: string, id: string) =>
  queryOptions({
    queryKey: ['reminder-preview', blueprint, id],
    queryFn: ({ signal }) => get<ReminderPreview>(base(blueprint, id, 'reminder', 'preview'), { signal }),
    staleTime: 0,
  });

export interface ReminderAnswer {
  /** Sends it, and tells how that ended. */
  readonly run: Run;
}

export interface WantedReminder {
  readonly blueprint: string;
  readonly scorecard: string;
  /** The connection's own when absent. */
  readonly channel: string | undefined;
}

export const sendReminder = (
  { blueprint, scorecard, channel }: WantedReminder,
  idempotencyKey: string,
): Promise<ReminderAnswer> =>
  post<ReminderAnswer>(base(blueprint, scorecard, 'reminder'), channel === undefined ? {} : { channel }, {
    idempotencyKey,
  });

/** Who decides about exemptions from a scorecard: whoever is named in any of these. */
export interface ExemptionApprovers {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

interface PolicyAnswer {
  readonly approvers: ExemptionApprovers;
}

export const exemptionPolicyQuery = (blueprint: string, id: string) =>
  queryOptions({
    queryKey: ['exemption-policy', blueprint, id],
    queryFn: async ({ signal }) =>
      (await get<PolicyAnswer>(base(blueprint, id, 'exemption-policy'), { signal })).approvers,
    staleTime: 0,
  });

export const saveExemptionPolicy = (blueprint: string, id: string, approvers: ExemptionApprovers): Promise<unknown> =>
  request('PUT', base(blueprint, id, 'exemption-policy'), { body: { approvers } });
