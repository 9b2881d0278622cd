import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, path, request } from '../api/client.ts';

export interface SlackAccount {
  readonly teamId: string;
  readonly workspace: string | null;
  readonly slackUserId: string;
  readonly slackName: string | null;
  readonly person: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly state: 'linked' | 'removed';
  readonly proof: 'email' | 'sign-in' | null;
  readonly since: string;
  readonly removedBy: { readonly id: string; readonly name: string } | null;
}

export interface AccountPage {
  readonly accounts: readonly SlackAccount[];
  readonly next: string | null;
}

const own = '/api/v1/slack/accounts';
const keys = ['slack', 'accounts'] as const;

/** All lists of accounts, to be read anew after a removal. */
export const accountKeys = { queryKey: keys };

export const ownAccountsQuery = queryOptions({
  queryKey: [...keys, 'own'],
  queryFn: async ({ signal }) => (await get<{ accounts: readonly SlackAccount[] }>(own, { signal })).accounts,
});

export const accountsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: [...keys, 'all', search],
    queryFn: ({ pageParam, signal }) =>
      get<AccountPage>('/api/v1/integrations/slack/accounts', {
        signal,
        query: { search: search === '' ? undefined : search, cursor: pageParam ?? undefined },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

/** Only from whom it was shown to be: somebody else's is left alone. */
export const removeAccount = ({ teamId, slackUserId, person }: SlackAccount): Promise<unknown> =>
  request('DELETE', path(own, teamId, slackUserId), { query: { person: person.id } });
