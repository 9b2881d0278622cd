import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import type { Json } from '../../api/wire.ts';
import type { ActionDocument } from '../action-document.ts';
import type { LiveForm } from '../live-form.ts';
import { isPlain, valueAt } from './paths.ts';

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
  /** It fails whatever is entered; otherwise it fails for the sample. */
  readonly certain: boolean;
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

/** An action that may not be saved yet, and what it is tried out with. */
export function requestBodyOf({ trigger, invocationMethod, identifier }: ActionDocument, sample: Sample): object {
  const form = isPlain(trigger) ? trigger : {};
  const blueprint = valueAt(trigger, ['blueprintIdentifier']);
  return {
    ...(typeof identifier === 'string' && identifier !== '' ? { identifier } : {}),
    trigger: {
      operation: form['operation'] ?? 'CREATE',
      userInputs: form['userInputs'] ?? {},
      ...(typeof blueprint === 'string' && blueprint !== '' ? { blueprintIdentifier: blueprint } : {}),
    },
    invocationMethod,
    properties: sample.values,
    entity: sample.entity,
  };
}

const previewRequest = async (body: object, signal?: AbortSignal): Promise<RenderedRequest> =>
  (
    await post<{ preview: RenderedRequest }>(
      '/api/v1/action-previews/request',
      body,
      signal === undefined ? {} : { signal },
    )
  ).preview;

/** Templates that fail whatever is entered; none where the server cannot tell. */
export async function brokenTemplates(document: ActionDocument): Promise<readonly TemplateProblem[]> {
  try {
    const { problems } = await previewRequest(requestBodyOf(document, { values: {}, entity: null }));
    return problems.filter(({ certain }) => certain);
  } catch {
    return [];
  }
}

export const requestPreviewQuery = (body: object) =>
  queryOptions({
    queryKey: ['action-preview', 'request', body],
    queryFn: async ({ signal }) => previewRequest(body, signal),
    placeholderData: keepPreviousData,
    staleTime: KEPT_MS,
    retry: false,
  });
