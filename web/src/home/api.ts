import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { Audit, Run } from '../api/wire.ts';

export interface FailingRule {
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  readonly scorecard: string;
  readonly rule: string;
  readonly level: string;
}

export interface Home {
  readonly myRuns: readonly Run[];
  readonly failingRules: readonly FailingRule[];
  readonly recentChanges: readonly Audit[];
}

export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: ({ signal }) => get<Home>('/api/v1/home', { signal }),
});
