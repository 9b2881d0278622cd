import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { PermissionsBody } from './contract.ts';

/** Whom something is granted: people by e-mail or id, everybody with a role, everybody of a team. */
export interface Grant {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

export interface PagePermissions {
  readonly read: Grant;
  readonly update: Grant;
}

export const firstPermissions: PagePermissions = {
  read: { users: [], roles: ['Admin', 'Member', 'Moderator'], teams: [] },
  update: { users: [], roles: ['Admin'], teams: [] },
};

/** Only the lists that are given are replaced. */
export function mergePermissions(before: PagePermissions, given: PermissionsBody): PagePermissions {
  const merged = (old: Grant, grant: PermissionsBody['read']): Grant => ({
    users: grant?.users ?? old.users,
    roles: grant?.roles ?? old.roles,
    teams: grant?.teams ?? old.teams,
  });
  return { read: merged(before.read, given.read), update: merged(before.update, given.update) };
}

/** Whether somebody may change this page; administrators and credentials always. */
export function mayUpdate(actor: Actor, { update }: PagePermissions): boolean {
  if (may(actor, 'page.write') || actor.kind !== 'user') return true;
  return (
    [actor.email, actor.id].some((name) => update.users.includes(name)) ||
    actor.roles.some((role) => update.roles.includes(role)) ||
    actor.teams.some((team) => update.teams.includes(team))
  );
}
