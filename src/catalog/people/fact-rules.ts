import type { PersonRow, PersonStatus } from '#access/person.ts';
import type { PersonFacts } from '#access/update-person.ts';
import type { TeamRow } from '#access/team-queries.ts';
import type { JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import type { EntityInput } from '../entity-rules.ts';

/** What sign-in knows of a person or a team, as the entity shows it. */
export interface Facts {
  readonly identifier: string;
  readonly title: string;
  readonly team: readonly string[];
  readonly properties: JsonObject;
}

const statuses: Readonly<Record<string, PersonStatus>> = {
  Active: 'ACTIVE',
  Invited: 'INVITED',
  Disabled: 'DISABLED',
  Staged: 'STAGED',
};
const moderator = '-moderator';
/** The type of a `_user` that is a program. */
export const serviceAccount = 'Service Account';
const standard = 'Standard';

export function factsOfPerson(row: PersonRow): Facts {
  const { role, blueprints } = rolesShown(row.roles);
  const status = Object.keys(statuses).find((name) => statuses[name] === row.status) ?? 'Active';
  return {
    identifier: row.email,
    title: `${row.first_name} ${row.last_name}`.trim() || row.email,
    team: row.teams,
    properties: {
      status,
      port_role: role,
      port_type: row.type === 'SERVICE_ACCOUNT' ? serviceAccount : standard,
      moderated_blueprints: blueprints,
    },
  };
}

export function factsOfTeam(row: TeamRow): Facts {
  const description = row.description === null ? {} : { description: row.description };
  return {
    identifier: row.name,
    title: row.title ?? row.name,
    team: [],
    properties: { ...description, size: row.users.length },
  };
}

function rolesShown(roles: readonly string[]): { readonly role: string; readonly blueprints: readonly string[] } {
  const blueprints = roles.filter((role) => role.endsWith(moderator)).map((role) => role.slice(0, -moderator.length));
  const moderates = roles.includes('Moderator') || blueprints.length > 0;
  return { role: roles.includes('Admin') ? 'Admin' : moderates ? 'Moderator' : 'Member', blueprints };
}

/** What of a body changes the person: only what differs from what is known, so that what was read can be sent back. */
export function personChange(
  entity: EntityInput,
  known: Facts | null,
  roles: readonly string[],
): Omit<Partial<PersonFacts>, 'email'> {
  const { status, port_role: role, moderated_blueprints: blueprints, port_type: type } = entity.properties ?? {};
  checkType(type, known);
  const team = entity.team === undefined ? undefined : teamList(entity.team);
  return {
    ...(typeof entity.title === 'string' && entity.title !== known?.title ? namesOf(entity.title) : {}),
    ...(team === undefined || sameTexts(team, known?.team ?? []) ? {} : { teams: team }),
    ...(isGiven(status) && status !== known?.properties['status'] ? { status: readStatus(status) } : {}),
    ...changedRoles({ role, blueprints }, known, roles),
  };
}

function checkType(type: unknown, known: Facts | null): void {
  if (!isGiven(type)) return;
  if (type !== standard && type !== serviceAccount) {
    throw refused('port_type', `must be one of ${standard}, ${serviceAccount}`);
  }
  if (known !== null && type !== known.properties['port_type']) {
    throw refused('port_type', 'cannot be changed: make another user');
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readStatus(given: unknown): PersonStatus {
  const status = Object.hasOwn(statuses, String(given)) ? statuses[String(given)] : undefined;
  if (status === undefined) throw refused('status', `must be one of ${Object.keys(statuses).join(', ')}`);
  return status;
}

function changedRoles(
  given: { readonly role: unknown; readonly blueprints: unknown },
  known: Facts | null,
  roles: readonly string[],
): { readonly roles?: readonly string[] } {
  const shown = rolesShown(roles);
  const role = isGiven(given.role) ? given.role : shown.role;
  // A member moderates nothing.
  const kept = role === 'Member' ? [] : shown.blueprints;
  const blueprints = isGiven(given.blueprints) ? textList('moderated_blueprints', given.blueprints) : kept;
  if (known !== null && role === shown.role && sameTexts(blueprints, shown.blueprints)) return {};
  if (role !== 'Admin' && role !== 'Moderator' && role !== 'Member') {
    throw refused('port_role', 'must be one of Admin, Moderator, Member');
  }
  const moderating = blueprints.map((blueprint) => `${blueprint}${moderator}`);
  const own = role === 'Moderator' && moderating.length > 0 ? [] : [role];
  return { roles: [...own, ...moderating] };
}

/** The first word is the first name: sign-in keeps both apart. */
function namesOf(title: string): { readonly firstName: string; readonly lastName: string } {
  const [firstName = '', ...rest] = title.trim().split(/\s+/);
  return { firstName: firstName.slice(0, 100), lastName: rest.join(' ').slice(0, 100) };
}

function teamList(given: unknown): readonly string[] {
  if (given === null || given === '') return [];
  return textList('team', Array.isArray(given) ? given : [given]);
}

function textList(field: string, given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length > 100 || !given.every((item) => typeof item === 'string' && item !== '')) {
    throw refused(field, 'must be a list of up to 100 names');
  }
  return [...new Set(given as readonly string[])];
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left.toSorted()) === JSON.stringify(right.toSorted());
}

export interface TeamChange {
  readonly name?: string;
  readonly title?: string;
  readonly description?: string | null;
}

export function teamChange(entity: EntityInput, known: Facts | null, name: string): TeamChange {
  const { description } = entity.properties ?? {};
  if (description !== undefined && description !== null && typeof description !== 'string') {
    throw refused('description', 'must be a text');
  }
  const before = known?.properties['description'] ?? null;
  return {
    ...(known !== null && name !== known.identifier ? { name } : {}),
    ...(typeof entity.title === 'string' && entity.title !== (known?.title ?? name)
      ? { title: entity.title.slice(0, 1000) }
      : {}),
    ...(description === undefined || description === before ? {} : { description: description as string | null }),
  };
}

export function refused(property: string, message: string): Problem {
  return problem('invalid', 'blueprint_schema_mismatch', `Property "${property}" ${message}.`, {
    errors: [{ property, path: '', message }],
  });
}
