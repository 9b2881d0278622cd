import { queryOptions } from '@tanstack/react-query';
import { get, path, post, remove, request } from '../../api/client.ts';
import type { Application, Fields } from '../wire.ts';

export type Standing = 'current' | 'previous' | 'approved' | 'pending' | 'rejected' | 'waiting';

export interface EnvironmentVersion {
  readonly version: string;
  readonly details: Readonly<Record<string, string>>;
  readonly reportedAt: string;
  readonly reportedBy: string;
  readonly status: Standing;
  readonly approvedAt: string | null;
  readonly constraint: {
    readonly id: string;
    readonly status: string;
    readonly judgedBy: string | null;
    readonly judgedAt: string | null;
    readonly comment: string | null;
    /** Of the question that is open. */
    readonly approval: string | null;
  } | null;
}

export interface EnvironmentArtifact {
  readonly name: string;
  readonly type: string;
  readonly reference: string;
  /** Newest first. */
  readonly versions: readonly EnvironmentVersion[];
}

export interface Environment {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly judged: boolean;
  readonly timeout: string | null;
  readonly artifacts: readonly EnvironmentArtifact[];
}

export interface EnvironmentConfig extends Fields {
  readonly name: string;
  readonly constraints?: readonly Fields[];
  readonly notifications?: readonly Fields[];
}

export interface DeliveryConfig extends Fields {
  readonly application: string;
  readonly name: string;
  readonly artifacts: readonly Fields[];
  readonly environments: readonly EnvironmentConfig[];
}

/** Null where none was stored yet; with the version to save against. */
export interface StoredConfig {
  readonly document: DeliveryConfig;
  readonly etag: string;
}

export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

/** With the version to save against. */
export interface StoredApplication extends Application {
  readonly etag: string;
}

export const applicationQuery = (name: string) =>
  queryOptions({
    queryKey: ['application', name],
    queryFn: async ({ signal }): Promise<StoredApplication> => {
      const address = path('/api/v1/applications', name);
      const answer = await get<{ application: Application; version: string }>(address, { signal });
      return { ...answer.application, etag: answer.version };
    },
  });

export const saveApplication = async ({ name, etag }: StoredApplication, body: Fields): Promise<unknown> =>
  request('PATCH', path('/api/v1/applications', name), { body, version: etag });

export const deleteApplication = async ({ name, etag }: StoredApplication): Promise<unknown> =>
  remove(path('/api/v1/applications', name), { version: etag });

export const environmentsQuery = (application: string) =>
  queryOptions({
    queryKey: ['environments', application],
    queryFn: async ({ signal }) =>
      (
        await get<{ environments: readonly Environment[] }>(path('/api/v1/applications', application, 'environments'), {
          signal,
        })
      ).environments,
  });

interface ConfigAnswer {
  readonly deliveryConfig: { readonly document: DeliveryConfig };
  readonly version: string;
}

export const configQuery = (application: string) =>
  queryOptions({
    queryKey: ['delivery-config', application],
    queryFn: async ({ signal }): Promise<StoredConfig> => {
      const answer = await get<ConfigAnswer>(path('/api/v1/applications', application, 'delivery-config'), { signal });
      return { document: answer.deliveryConfig.document, etag: answer.version };
    },
  });

export async function saveConfig(
  application: string,
  document: DeliveryConfig,
  etag: string | null,
): Promise<StoredConfig> {
  const answer = await request<ConfigAnswer>('PUT', path('/api/v1/applications', application, 'delivery-config'), {
    body: document,
    ...(etag === null ? {} : { version: etag }),
  });
  return { document: answer.deliveryConfig.document, etag: answer.version };
}

export const validateConfig = async (application: string, document: DeliveryConfig, signal: AbortSignal) =>
  (
    await post<{ problems: readonly ConfigProblem[] }>(
      path('/api/v1/applications', application, 'delivery-config', 'validate'),
      document,
      { signal },
    )
  ).problems;

export const askAgain = async (application: string, constraint: string): Promise<unknown> =>
  post(path('/api/v1/applications', application, 'constraints', constraint, 'ask-again'));
