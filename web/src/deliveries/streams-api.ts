import { queryOptions } from '@tanstack/react-query';
import type { StreamTest, WireStream } from '../../../src/deliveries/contract.ts';
import { get, path, post, remove, request } from '../api/client.ts';

export type { StreamTest, WireStream };

const base = '/api/v1/event-streams';
/** How far each is changes by itself. */
const LOOK_EVERY_MS = 5_000;

export const streamsQuery = queryOptions({
  queryKey: ['deliveries', 'streams'],
  refetchInterval: LOOK_EVERY_MS,
  queryFn: async ({ signal }) => (await get<{ eventStreams: readonly WireStream[] }>(base, { signal })).eventStreams,
});

export interface StreamChange {
  readonly title: string;
  /** Left out, the address stays as it is. */
  readonly url?: string;
}

/** Makes a stream, or changes the one that was read. */
export async function saveStream(change: StreamChange, stored: WireStream | null): Promise<WireStream> {
  const answer =
    stored === null
      ? await post<{ eventStream: WireStream }>(base, change)
      : await request<{ eventStream: WireStream }>('PATCH', path(base, stored.id), {
          body: change,
          version: `"${stored.version}"`,
        });
  return answer.eventStream;
}

export const removeStream = async (id: string): Promise<unknown> => remove(path(base, id));

export const testStream = async (id: string): Promise<StreamTest> =>
  (await post<{ test: StreamTest }>(path(base, id, 'test'))).test;

export const giveUp = async (delivery: string): Promise<unknown> =>
  post(path('/api/v1/deliveries', delivery, 'give-up'));
