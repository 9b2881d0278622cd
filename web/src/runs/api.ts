import { queryOptions, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, path, post } from '../api/client.ts';
import type { Audit, Json, Run, RunLog, RunStatus, TimelineEntry } from '../api/wire.ts';

export interface RunFilter {
  readonly entity?: string;
  readonly blueprint?: string;
  readonly action?: string;
  readonly active?: boolean;
  readonly status?: string;
  readonly user_id?: string;
  readonly limit?: number;
}

export const runsQuery = (filter: RunFilter = {}) =>
  queryOptions({
    queryKey: ['runs', filter],
    queryFn: async ({ signal }) =>
      (
        await get<{ runs: readonly Run[] }>('/v1/actions/runs', {
          signal,
          query: { limit: 100, ...filter, version: 'v2' },
        })
      ).runs,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'state'],
    queryFn: async ({ signal }) =>
      (await get<{ run: Run }>(path('/v1/actions/runs', id), { signal, query: { version: 'v2' } })).run,
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'timeline'],
    queryFn: async ({ signal }) =>
      (await get<{ timeline: readonly TimelineEntry[] }>(path('/api/v1/runs', id, 'timeline'), { signal })).timeline,
  });

/** The catalog changes made with this run's id. */
export const affectedQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'affected'],
    queryFn: async ({ signal }) =>
      (await get<{ audits: readonly Audit[] }>('/v1/audit-log', { signal, query: { run_id: id, resources: 'entity' } }))
        .audits,
  });

/** Nobody works on it yet, so it can be cancelled without undoing anything. */
export const isWaiting = (run: Run): boolean =>
  run.status === 'WAITING_FOR_APPROVAL' ||
  (run.status === 'IN_PROGRESS' && (run.dispatchState === 'waiting' || run.dispatchState === 'offered'));

export const cancelRun = async (id: string): Promise<Run> =>
  (await post<{ run: Run }>(path('/api/v1/runs', id, 'cancel'))).run;

/** With the inputs of before; secret ones are not kept, so they are given anew. */
export const runAgain = async (id: string, secrets: Readonly<Record<string, Json>>, key: string): Promise<Run> =>
  (
    await post<{ run: Run }>(
      `${path('/api/v1/runs', id, 'again')}?version=v2`,
      { properties: secrets },
      { idempotencyKey: key },
    )
  ).run;

export const isOver = (status: RunStatus): boolean =>
  status === 'SUCCESS' || status === 'FAILURE' || status === 'DECLINED';

interface Stream {
  readonly logs: readonly RunLog[];
  readonly connection: 'connecting' | 'live' | 'lost' | 'ended';
}

const read = (event: Event): unknown => JSON.parse((event as MessageEvent<string>).data);

function openStream(client: QueryClient, id: string, update: (change: (stream: Stream) => Stream) => void): () => void {
  const source = new EventSource(path('/api/v1/runs', id, 'stream'));
  const seen = new Set<string>();
  source.addEventListener('open', () => update((stream) => ({ ...stream, connection: 'live' })));
  source.addEventListener('error', () =>
    update((stream) => (stream.connection === 'ended' ? stream : { ...stream, connection: 'lost' })),
  );
  source.addEventListener('run', (event) => {
    client.setQueryData(runQuery(id).queryKey, read(event) as Run);
    void client.invalidateQueries({ queryKey: timelineQuery(id).queryKey });
  });
  source.addEventListener('log', (event) => {
    const log = read(event) as RunLog;
    // A resumed stream may repeat a line.
    if (seen.has(log.id)) return;
    seen.add(log.id);
    update((stream) => ({ ...stream, logs: [...stream.logs, log] }));
  });
  source.addEventListener('end', () => {
    source.close();
    update((stream) => ({ ...stream, connection: 'ended' }));
    void client.invalidateQueries({ queryKey: ['run', id] });
  });
  return () => source.close();
}

/** Follows a run: its log lines here, its state in the query cache. */
export function useRunStream(id: string): Stream {
  const client = useQueryClient();
  const [stream, setStream] = useState<Stream>({ logs: [], connection: 'connecting' });
  useEffect(() => {
    setStream({ logs: [], connection: 'connecting' });
    return openStream(client, id, setStream);
  }, [client, id]);
  return stream;
}
