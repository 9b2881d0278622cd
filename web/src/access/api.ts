import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Team, User } from '../api/wire.ts';

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: async ({ signal }) =>
      (
        await get<{ invitation: { email: string; organisation: string } }>(path('/api/v1/invitations', token), {
          signal,
        })
      ).invitation,
    retry: false,
  });

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => (await get<{ users: readonly User[] }>('/v1/users', { signal })).users,
});

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async ({ signal }) => (await get<{ teams: readonly Team[] }>('/v1/teams', { signal })).teams,
});

export interface Invitation {
  readonly link: string;
  readonly expiresAt: string;
}

export const invite = async (invitee: {
  email: string;
  roles: readonly string[];
  teams: readonly string[];
}): Promise<Invitation> => (await post<{ invitation: Invitation }>('/api/v1/invitations', invitee)).invitation;
