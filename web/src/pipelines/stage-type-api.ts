import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, path, remove, request } from '../api/client.ts';
import type { Fields } from './wire.ts';

/** What whoever puts such a stage into a pipeline has to say. */
export interface StageTypeParameter {
  readonly name: string;
  readonly label?: string;
  readonly description?: string;
  readonly defaultValue?: unknown;
  readonly required?: boolean;
}

/** A type of stage that administrators made of a webhook; only they see where it calls. */
export interface StageType extends Fields {
  readonly type: string;
  readonly label: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly parameters?: readonly StageTypeParameter[];
  readonly version?: number;
}

const base = '/api/v1/preconfigured-webhooks';

export const stageTypesQuery = queryOptions({
  queryKey: ['preconfigured-webhooks'],
  queryFn: async ({ signal }) =>
    (await get<{ preconfiguredWebhooks: readonly StageType[] }>(base, { signal })).preconfiguredWebhooks,
});

/** The definition behind a type that is not built in. */
export function useStageType(type: string): StageType | undefined {
  const { data } = useQuery(stageTypesQuery);
  return data?.find((one) => one.type === type);
}

/** Against the version that was read; 0 makes one that is not there yet. */
export const saveStageType = async (type: string, document: Fields, version: number): Promise<unknown> =>
  request('PUT', path(base, type), { body: document, version: `"${version}"` });

export const removeStageType = async (type: string): Promise<unknown> => remove(path(base, type));
