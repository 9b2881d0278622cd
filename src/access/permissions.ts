import type { Actor } from '#platform/commands/actor.ts';
import { missingPermission, problem } from '#platform/problem.ts';

/** Everything somebody may be allowed to do, with the words a refusal uses. */
export const permissions = {
  'organisation.manage': 'manage people, teams and settings',
  'credential.reveal': 'see API secrets',
  'catalog.read': 'read the catalog',
  'blueprint.write': 'change blueprints',
  'entity.write': 'change entities of this blueprint',
  'scorecard.write': 'change scorecards',
  'scorecard.remind': 'send scorecard reminders',
  'exemption.request': 'ask for exemptions from scorecard rules',
  'action.read': 'see actions',
  'action.write': 'change actions',
  'action.execute': 'execute this action',
  'run.read': 'see this run',
  'run.update': 'update this run',
  'run.claim': 'fetch runs for an agent',
  'approval.decide': 'decide approvals',
  'pipeline.write': 'change applications and pipelines',
  'pipeline.execute': 'start and control pipelines',
  'page.write': 'change pages',
  'audit.read': 'read the audit log',
  'delivery.read': 'see deliveries',
  'delivery.resend': 'resend deliveries',
  'relay.use': 'use relay channels',
} as const;

export type Permission = keyof typeof permissions;

/** What the question is about, as far as the answer depends on it. */
export interface Subject {
  readonly blueprint?: string | undefined;
  /** Teams that own the thing. */
  readonly teams?: readonly string[] | undefined;
  /** Who made it, e.g. the person who started a run. */
  readonly createdBy?: string | undefined;
}

const memberPermissions: ReadonlySet<Permission> = new Set([
  'catalog.read',
  'exemption.request',
  'action.read',
  'action.execute',
  'run.read',
  'approval.decide',
  'pipeline.execute',
  'audit.read',
  'delivery.read',
]);

const creatorPermissions: ReadonlySet<Permission> = new Set(['run.update']);

/** Administrators, credentials and the system may do everything; moderators, entities of their blueprint; members read and execute. */
export function may(actor: Actor, permission: Permission, subject: Subject = {}): boolean {
  if (actor.kind !== 'user') return true;
  if (actor.roles.includes('Admin')) return true;
  if (creatorPermissions.has(permission)) return subject.createdBy === actor.id;
  if (permission === 'entity.write') return moderates(actor.roles, subject.blueprint);
  return memberPermissions.has(permission) && actor.roles.length > 0;
}

function moderates(roles: readonly string[], blueprint: string | undefined): boolean {
  return roles.includes('Moderator') || (blueprint !== undefined && roles.includes(`${blueprint}-moderator`));
}

const roles: ReadonlySet<string> = new Set(['Admin', 'Member', 'Moderator']);

export function isKnownRole(role: string): boolean {
  return roles.has(role) || role.endsWith('-moderator');
}

/** A misspelt role would leave a person without any permission, and nobody would see why. */
export function assertKnownRoles(given: readonly string[]): void {
  const unknown = given.find((role) => !isKnownRole(role));
  if (unknown === undefined) return;
  throw problem(
    'invalid',
    'invalid_request',
    `There is no role "${unknown}". Roles are Admin, Member, Moderator and <blueprint>-moderator.`,
    { field: 'roles' },
  );
}

/** The first line of every command: refuses with Port's 403. */
export function authorize(actor: Actor, permission: Permission, subject: Subject = {}): void {
  if (!may(actor, permission, subject)) throw missingPermission(permissions[permission]);
}
