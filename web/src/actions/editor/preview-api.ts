import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import type { Json } from '../../api/wire.ts';

const KEPT_MS = 60_000;

/** What was entered to try an unsaved action out. */
export interface Sample {
  readonly values: Readonly<Record<string, unknown>>;
  readonly entity: string | null;
}

interface FormProblem {
  readonly path: string;
  readonly message: string;
}

export interface ResolvedInput {
  readonly visible: boolean;
  readonly required: boolean;
  readonly disabled: boolean;
  readonly enum?: readonly (string | number)[];
  readonly problems: readonly FormProblem[];
}

/** An unsaved form as it stands for what was entered so far. */
export interface ResolvedForm {
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly titles: Readonly<Record<string, { readonly visible: boolean }>>;
  readonly steps: readonly { readonly visible: boolean }[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly FormProblem[];
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
      (await post<{ form: ResolvedForm }>('/api/v1/action-previews/form', body, { signal })).form,
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
