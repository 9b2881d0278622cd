import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { Audit } from '../api/wire.ts';

export interface AuditFilter {
  readonly entity?: string | undefined;
  readonly blueprint?: string | undefined;
  readonly resources?: string | undefined;
  readonly action?: string | undefined;
  readonly limit?: number;
}

export const auditsQuery = (filter: AuditFilter = {}) =>
  queryOptions({
    queryKey: ['audits', filter],
    queryFn: async ({ signal }) =>
      (await get<{ audits: readonly Audit[] }>('/v1/audit-log', { signal, query: { limit: 200, ...filter } })).audits,
  });
