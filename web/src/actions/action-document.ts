import { queryOptions } from '@tanstack/react-query';
import { get, path, post, remove, request } from '../api/client.ts';

/** An action's definition as it is sent and stored; keys that this interface does not know stay in it. */
export type ActionDocument = { readonly [key: string]: unknown };

/** A definition together with the version that a write over it has to name. */
export interface StoredAction {
  readonly document: ActionDocument;
  readonly version: string;
  readonly updatedAt: string | undefined;
  readonly updatedBy: string | undefined;
}

const stamps = new Set(['id', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy']);

/** The definition without what the server writes beside it. */
export const withoutStamps = (action: ActionDocument): ActionDocument =>
  Object.fromEntries(Object.entries(action).filter(([key]) => !stamps.has(key)));

interface Answer {
  readonly action: ActionDocument;
  readonly version: string;
}

function stored({ action, version }: Answer): StoredAction {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    document: withoutStamps(action),
    version,
    updatedAt: text(action['updatedAt']),
    updatedBy: text(action['updatedBy']),
  };
}

export const readAction = async (identifier: string, signal?: AbortSignal): Promise<StoredAction> =>
  stored(await get<Answer>(path('/v1/actions', identifier), signal === undefined ? {} : { signal }));

export const actionQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['actions', identifier],
    queryFn: ({ signal }) => readAction(identifier, signal),
  });

export const createAction = async (document: ActionDocument, idempotencyKey: string): Promise<ActionDocument> =>
  (await post<Answer>('/v1/actions', document, { idempotencyKey })).action;

/** Refused with 412 when somebody else saved since `version`. */
export const replaceAction = async (
  identifier: string,
  document: ActionDocument,
  version: string,
): Promise<StoredAction> =>
  stored(await request<Answer>('PUT', path('/v1/actions', identifier), { body: document, version }));

export const deleteAction = (identifier: string): Promise<unknown> => remove(path('/v1/actions', identifier));

/** Publishes a draft, or takes an action back; the rest of it stays as it is now. */
export async function setPublished(identifier: string, publish: boolean): Promise<void> {
  const { document, version } = await readAction(identifier);
  await replaceAction(identifier, { ...document, publish }, version);
}
