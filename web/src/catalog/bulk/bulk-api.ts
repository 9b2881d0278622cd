import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../../api/client.ts';
import type { Json } from '../../api/wire.ts';
import type { Deletion } from '../delete/deletion-preview.tsx';
import type { Marks } from '../table/marks.ts';
import { narrowedBy, type TableQuery } from '../table-api.ts';

export type BulkScope = Readonly<Record<string, Json>>;
export type BulkWork = { readonly kind: 'edit' | 'delete' } & Readonly<Record<string, Json>>;

export interface BulkFailure {
  readonly identifier: string;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
}

export interface BulkPreview {
  readonly count: number;
  readonly state: string;
  readonly checked: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly changes: readonly {
    readonly identifier: string;
    readonly title: string;
    readonly changes: readonly { readonly key: string; readonly before?: Json; readonly after?: Json }[];
  }[];
  readonly refusals: readonly BulkFailure[];
  readonly deletion?: Deletion;
}

export interface BulkChange {
  readonly id: string;
  readonly status: 'running' | 'cancelling' | 'completed' | 'cancelled' | 'failed';
  readonly change: BulkWork;
  readonly total: number;
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly message: string | null;
}

export interface BulkAnswer {
  readonly change: BulkChange;
  readonly failures: readonly BulkFailure[];
}

export const isRunning = ({ status }: BulkChange): boolean => status === 'running' || status === 'cancelling';

/** The rows that are picked, as the server is told. */
export function scopeOf({ all, named }: Marks, query: TableQuery): BulkScope {
  const identifiers = [...named].map((mark) => JSON.parse(mark) as string);
  return all ? { ...narrowedBy(query), except: identifiers } : { identifiers };
}

const of = (blueprint: string, what: string): string => path('/api/v1/blueprints', blueprint, what);

export const previewQuery = (blueprint: string, scope: BulkScope, change: BulkWork) =>
  queryOptions({
    queryKey: ['bulk-preview', blueprint, scope, change],
    queryFn: async ({ signal }) =>
      (await post<{ preview: BulkPreview }>(of(blueprint, 'bulk-previews'), { scope, change }, { signal })).preview,
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });

export const startBulk = async (
  blueprint: string,
  scope: BulkScope,
  change: BulkWork,
  state: string,
): Promise<BulkAnswer> => post<BulkAnswer>(of(blueprint, 'bulk-changes'), { scope, change, state });

const one = (id: string, ...rest: readonly string[]): string => path('/api/v1/bulk-changes', id, ...rest);

export const retryBulk = async (id: string): Promise<BulkAnswer> => post<BulkAnswer>(one(id, 'retries'));
export const cancelBulk = async (id: string): Promise<unknown> => post(one(id, 'cancellation'));

const POLL_MS = 700;

export const bulkQuery = (id: string) =>
  queryOptions({
    queryKey: ['bulk-change', id],
    queryFn: async ({ signal }) => get<BulkAnswer>(one(id), { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isRunning(state.data.change) ? POLL_MS : false),
  });
