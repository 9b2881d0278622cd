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

/** Together with the version that a write over them has to name. */
export interface VersionedPermissions {
  readonly permissions: ActionPermissions;
  readonly version: string;
}

/** What a new action starts with, as the server has it. */
export const firstPermissions: ActionPermissions = {
  execute: { users: [], roles: ['Member', 'Admin'], teams: [], ownedByTeam: false, policy: null },
  approve: { users: [], roles: ['Admin'], teams: [], policy: null },
};

export const permissionsQuery = (action: string) =>
  queryOptions({
    queryKey: ['actions', action, 'permissions'],
    queryFn: async ({ signal }) => get<VersionedPermissions>(path('/v1/actions', action, 'permissions'), { signal }),
  });

/** Refused with 412 when somebody else changed them since `version`. */
export const savePermissions = async (
  action: string,
  permissions: ActionPermissions,
  version: string | undefined,
): Promise<VersionedPermissions> =>
  patch(path('/v1/actions', action, 'permissions'), permissions, version === undefined ? {} : { version });
