import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';

export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly createdAt: string;
}

export const credentialsQuery = queryOptions({
  queryKey: ['credentials'],
  queryFn: async ({ signal }) =>
    (await get<{ credentials: readonly Credential[] }>('/api/v1/credentials', { signal })).credentials,
});

export interface Revealed {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const reveal = (id: string): Promise<Revealed> => post<Revealed>(path('/api/v1/credentials', id, 'reveal'));

export interface Integrations {
  readonly slack: {
    readonly configured: boolean;
    readonly mode: 'bot' | 'webhook' | 'none';
    readonly emulated: boolean;
  };
  readonly github: { readonly configured: boolean; readonly apiUrl: string | null; readonly emulated: boolean };
}

export const integrationsQuery = queryOptions({
  queryKey: ['integrations'],
  queryFn: ({ signal }) => get<Integrations>('/api/v1/integrations', { signal }),
});
