import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import type { Json } from '../../api/wire.ts';
import type { LiveForm } from '../live-form.ts';

const KEPT_MS = 60_000;

/** What was entered to try an unsaved action out. */
export interface Sample {
  readonly values: Readonly<Record<string, unknown>>;
  readonly entity: string | null;
}

export interface TemplateProblem {
  readonly path: string;
  readonly expression?: string;
  readonly message: string;
}

/** What a backend would get. */
export interface RenderedRequest {
  readonly rendered: Json;
  readonly problems: readonly TemplateProblem[];
}

export const formPreviewQuery = (body: object) =>
  queryOptions({
    queryKey: ['action-preview', 'form', body],
    queryFn: async ({ signal }) =>
      (await post<{ form: LiveForm }>('/api/v1/action-previews/form', body, { signal })).form,
    placeholderData: keepPreviousData,
    staleTime: KEPT_MS,
    retry: false,
  });

export const requestPreviewQuery = (body: object) =>
  queryOptions({
    queryKey: ['action-preview', 'request', body],
    queryFn: async ({ signal }) =>
      (await post<{ preview: RenderedRequest }>('/api/v1/action-previews/request', body, { signal })).preview,
    placeholderData: keepPreviousData,
    staleTime: KEPT_MS,
    retry: false,
  });
