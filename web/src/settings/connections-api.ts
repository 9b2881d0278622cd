import { queryOptions } from '@tanstack/react-query';
import { get, path, post, remove, request } from '../api/client.ts';
import type { ConnectionChange, ConnectionKind, SavedConnection } from './connection-kinds.ts';

const base = '/api/v1/connections';

export const connectionsQuery = queryOptions({
  queryKey: ['integrations', 'connections'],
  queryFn: async ({ signal }) => (await get<{ connections: readonly SavedConnection[] }>(base, { signal })).connections,
});

export interface ConnectionTest {
  readonly works: boolean;
  readonly asked: boolean;
  readonly account: string | null;
  readonly message: string | null;
}

/** Asks the other side, and saves nothing. */
export const testConnection = async (kind: ConnectionKind['kind'], change: ConnectionChange): Promise<ConnectionTest> =>
  (await post<{ test: ConnectionTest }>(path(base, kind, 'test'), change)).test;

/** Refused when somebody else changed it meanwhile. */
export const saveConnection = async (
  kind: ConnectionKind['kind'],
  change: ConnectionChange,
  version: number,
): Promise<unknown> => request('PUT', path(base, kind), { body: change, version: `"${version}"` });

export const removeConnection = async (kind: ConnectionKind['kind']): Promise<unknown> => remove(path(base, kind));
