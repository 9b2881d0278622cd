import { queryOptions } from '@tanstack/react-query';
import { get, patch, path } from '../../api/client.ts';

export interface Grant {
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly teams?: readonly string[];
  readonly ownedByTeam?: boolean;
  readonly policy?: unknown;
}

/** Who may execute an action, and who may approve its runs. */
export interface ActionPermissions {
  readonly execute: Grant;
  readonly approve: Grant;
}

/** What a new action starts with, as the server has it. */
export const firstPermissions: ActionPermissions = {
  execute: { users: [], roles: ['Member', 'Admin'], teams: [], ownedByTeam: false, policy: null },
  approve: { users: [], roles: ['Admin'], teams: [], policy: null },
};

export const permissionsQuery = (action: string) =>
  queryOptions({
    queryKey: ['actions', action, 'permissions'],
    queryFn: async ({ signal }) =>
      (await get<{ permissions: ActionPermissions }>(path('/v1/actions', action, 'permissions'), { signal }))
        .permissions,
  });

export const savePermissions = async (action: string, permissions: ActionPermissions): Promise<ActionPermissions> =>
  (await patch<{ permissions: ActionPermissions }>(path('/v1/actions', action, 'permissions'), permissions))
    .permissions;
