import { infiniteQueryOptions, keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, path, post, remove, request } from '../api/client.ts';
import type {
  Application,
  Execution,
  ExecutionItem,
  Fields,
  Pipeline,
  PipelineDocument,
  PipelineProblem,
  Revision,
} from './wire.ts';

/** Lists come by pages; so many are fetched at most. */
const MOST_PAGES = 20;
const PAGE_SIZE = 200;

async function allPages<Item>(address: string, key: string, signal: AbortSignal): Promise<readonly Item[]> {
  const found: Item[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
    const answer = await get<Readonly<Record<string, unknown>>>(address, { signal, query });
    found.push(...(answer[key] as readonly Item[]));
    const { next } = answer;
    if (typeof next !== 'string') break;
    after = next;
  }
  return found;
}

export const applicationsQuery = queryOptions({
  queryKey: ['applications'],
  queryFn: async ({ signal }) => allPages<Application>('/api/v1/applications', 'applications', signal),
});

export const pipelinesQuery = queryOptions({
  queryKey: ['pipelines'],
  queryFn: async ({ signal }) => allPages<Pipeline>('/api/v1/pipelines', 'pipelines', signal),
});

/** With the version to save against. */
export interface StoredPipeline extends Pipeline {
  readonly etag: string;
}

export const pipelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['pipeline', id],
    queryFn: async ({ signal }): Promise<StoredPipeline> => {
      const answer = await get<{ pipeline: Pipeline; version: string }>(path('/api/v1/pipelines', id), { signal });
      return { ...answer.pipeline, etag: answer.version };
    },
  });

export const revisionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['pipeline', id, 'revisions'],
    queryFn: async ({ signal }) =>
      (await get<{ revisions: readonly Revision[] }>(path('/api/v1/pipelines', id, 'revisions'), { signal })).revisions,
  });

export interface ExecutionFilter {
  readonly application?: string | undefined;
  readonly pipeline?: string | undefined;
  /** One of `executionStates`, or several after commas. */
  readonly status?: string | undefined;
  readonly awaiting?: boolean | undefined;
  /** Running, and nothing has it go on. */
  readonly stuck?: boolean | undefined;
  readonly trigger?: string | undefined;
  /** Who started it: a part of their address. */
  readonly by?: string | undefined;
  /** When it was asked for. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface ExecutionPage {
  readonly executions: readonly ExecutionItem[];
  readonly next: string | null;
}

export const executionsQuery = (filter: ExecutionFilter = {}) =>
  queryOptions({
    queryKey: ['executions', filter],
    queryFn: async ({ signal }) =>
      get<ExecutionPage>('/api/v1/executions', { signal, query: { limit: 50, ...filter } }),
  });

const PAGE = 40;

/** A page after another, each from where the one before ended. */
export const executionPagesQuery = (filter: ExecutionFilter) =>
  infiniteQueryOptions({
    queryKey: ['executions', 'pages', filter],
    queryFn: async ({ pageParam, signal }) =>
      get<ExecutionPage>('/api/v1/executions', {
        signal,
        query: { limit: PAGE, ...filter, after: pageParam === '' ? undefined : pageParam },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const executionQuery = (id: string) =>
  queryOptions({
    queryKey: ['execution', id],
    queryFn: async ({ signal }) =>
      (await get<{ execution: Execution }>(path('/api/v1/executions', id), { signal })).execution,
  });

/** Follows an execution until it ends; a restarted one is followed again by its page. */
export function useExecutionStream(id: string, ended: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (ended) return undefined;
    const source = new EventSource(path('/api/v1/executions', id, 'stream'));
    source.addEventListener('execution', (event) => {
      client.setQueryData(executionQuery(id).queryKey, JSON.parse((event as MessageEvent<string>).data) as Execution);
    });
    source.addEventListener('end', () => source.close());
    return () => source.close();
  }, [client, id, ended]);
}

export const startPipeline = async (
  pipeline: string,
  parameters: Readonly<Record<string, unknown>>,
  idempotencyKey: string,
): Promise<Execution> =>
  (
    await post<{ execution: Execution }>(
      path('/api/v1/pipelines', pipeline, 'executions'),
      { parameters },
      { idempotencyKey },
    )
  ).execution;

export interface Control {
  readonly verb: 'cancel' | 'pause' | 'resume' | 'put-forward';
  readonly reason?: string;
}

/** `moved` is false when there was nothing to put forward. */
interface Controlled {
  readonly execution: Execution;
  readonly moved?: boolean;
}

export const controlExecution = async (id: string, { verb, reason }: Control): Promise<Controlled> =>
  post<Controlled>(path('/api/v1/executions', id, verb), reason === undefined || reason === '' ? {} : { reason });

export const controlStage = async (
  id: string,
  stage: string,
  verb: 'skip' | 'skip-wait' | 'restart',
): Promise<Execution> =>
  (await post<{ execution: Execution }>(path('/api/v1/executions', id, 'stages', stage, verb))).execution;

export interface Judgment {
  readonly verdict: 'continue' | 'stop';
  readonly input: string | null;
  readonly comment: string | null;
  /** The attempt that the card showed: an older one cannot be judged. */
  readonly attempt: number;
}

export const judgeStage = async (id: string, stage: string, judgment: Judgment): Promise<Execution> =>
  (await post<{ execution: Execution }>(path('/api/v1/executions', id, 'stages', stage, 'judgment'), judgment))
    .execution;

export const validatePipeline = async (document: PipelineDocument, signal: AbortSignal) =>
  (await post<{ problems: readonly PipelineProblem[] }>('/api/v1/pipelines/validate', document, { signal })).problems;

/** Creates a pipeline, or saves a new revision of one over the version that was read. */
export async function savePipeline(
  document: PipelineDocument,
  stored: Pick<StoredPipeline, 'id' | 'etag'> | null,
  idempotencyKey: string,
): Promise<StoredPipeline> {
  const answer =
    stored === null
      ? await post<{ pipeline: Pipeline; version: string }>('/api/v1/pipelines', document, { idempotencyKey })
      : await request<{ pipeline: Pipeline; version: string }>('PUT', path('/api/v1/pipelines', stored.id), {
          body: document,
          version: stored.etag,
        });
  return { ...answer.pipeline, etag: answer.version };
}

interface TriedExpression {
  readonly expression: string;
  readonly execution?: string;
  readonly stage?: string;
  readonly facts?: Fields;
}

export const evaluateExpression = async (tried: TriedExpression, signal: AbortSignal) =>
  post<{ readonly result: unknown; readonly error: string | null }>('/api/v1/expressions/evaluate', tried, { signal });

interface ImportNote {
  readonly path: string;
  readonly message: string;
}

export const importPipeline = async (document: unknown) =>
  post<{ pipeline: PipelineDocument; notes: readonly ImportNote[]; problems: readonly PipelineProblem[] }>(
    '/api/v1/pipelines/import',
    document,
  );

export const createApplication = async (
  application: { readonly name: string; readonly description?: string; readonly email?: string },
  idempotencyKey: string,
): Promise<unknown> => post('/api/v1/applications', application, { idempotencyKey });

/** In the order of their ids. */
export const orderPipelines = async (application: string, ids: readonly string[]): Promise<unknown> =>
  post('/gate/actions/pipelines/reorder', {
    application,
    idsToIndices: Object.fromEntries(ids.map((id, at) => [id, at])),
  });

export const deletePipeline = async (id: string): Promise<unknown> => remove(path('/api/v1/pipelines', id));
