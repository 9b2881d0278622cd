import { may } from '#access/permissions.ts';
import type { Audience } from '#approvals/approval.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject } from '#platform/json.ts';
import type { FieldProblem } from './stages/stage-kind.ts';

/** What groups may do with an application: see it, start and control its pipelines, change it and them. */
export const applicationRights = ['READ', 'EXECUTE', 'WRITE'] as const;
export type ApplicationRight = (typeof applicationRights)[number];

/** Roles or teams by right; each in WRITE or EXECUTE sees the application, too. */
export type ApplicationPermissions = Readonly<Record<ApplicationRight, readonly string[]>>;

/** Null where the application restricts nothing: then roles in the organisation rule. */
export function readPermissions(document: Readonly<Record<string, unknown>>): ApplicationPermissions | null {
  const given = document['permissions'];
  if (!isJsonObject(given)) return null;
  const [READ = [], execute = [], WRITE = []] = applicationRights.map((right) => groupsIn(given[right]));
  if (READ.length + execute.length + WRITE.length === 0) return null;
  // Where nobody is named to execute, those who read do, as in Spinnaker.
  const EXECUTE = execute.length > 0 ? execute : READ;
  return { READ: [...new Set([...READ, ...execute, ...WRITE])], EXECUTE, WRITE };
}

function groupsIn(given: unknown): readonly string[] {
  return Array.isArray(given) ? [...new Set((given as unknown[]).filter((each) => typeof each === 'string'))] : [];
}

const mostGroups = 200;

export function checkPermissions(given: unknown): readonly FieldProblem[] {
  if (given === undefined || given === null) return [];
  if (!isJsonObject(given)) return [{ field: 'permissions', message: 'permissions is an object of lists of groups.' }];
  return Object.entries(given).flatMap(([right, groups]) => {
    const field = `permissions.${right}`;
    if (![...applicationRights, 'CREATE', 'DELETE'].includes(right)) {
      return [{ field, message: `permissions names ${applicationRights.join(', ')}.` }];
    }
    const isList = Array.isArray(groups) && groups.every((each) => typeof each === 'string' && each.trim() !== '');
    return isList && groups.length <= mostGroups ? [] : [{ field, message: `${right} lists roles or teams.` }];
  });
}

/** The roles and teams somebody has now; null for who is in no group and never restricted. */
export function groupsOf(actor: Actor): readonly string[] | null {
  if (actor.kind !== 'user' || actor.roles.includes('Admin')) return null;
  return [...actor.roles, ...actor.teams];
}

export const organisationRights = { EXECUTE: 'pipeline.execute', WRITE: 'pipeline.write' } as const;

/** Administrators, credentials and the system may do everything; others what a restricted application lets their groups do. */
export function hasRight(actor: Actor, right: ApplicationRight, restriction: ApplicationPermissions | null): boolean {
  if (restriction === null) return right === 'READ' || may(actor, organisationRights[right]);
  const groups = groupsOf(actor);
  if (groups === null) return true;
  return groups.length > 0 && restriction[right].some((group) => groups.includes(group));
}

/** Who sees and decides what is asked about something of an application. Administrators always may. */
export function audienceOf(restriction: ApplicationPermissions | null): Audience | null {
  if (restriction === null) return null;
  return { readers: restriction.READ, deciders: restriction.EXECUTE };
}
