import type { UserActor } from '#platform/commands/actor.ts';

export interface PersonRow {
  readonly org_id: string;
  readonly id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly password_hash: string | null;
  readonly roles: readonly string[];
  readonly status: PersonStatus;
  readonly type: PersonType;
  readonly preferences: { readonly language?: string; readonly theme?: string };
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly teams: readonly string[];
}

/** Somebody who signs in, or a program with credentials of its own. */
export type PersonType = 'STANDARD' | 'SERVICE_ACCOUNT';

export type PersonStatus = 'ACTIVE' | 'INVITED' | 'STAGED' | 'DISABLED';

export function toUserActor(row: PersonRow): UserActor {
  return {
    kind: 'user',
    orgId: row.org_id,
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    roles: row.roles,
    teams: row.teams,
  };
}

/** A user on Port's wire. */
export function toWireUser(row: PersonRow): Record<string, unknown> {
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    picture: '',
    status: row.status,
    type: row.type,
    providers: row.password_hash === null ? [] : ['password'],
    roles: row.roles.map((name) => ({ name })),
    teams: row.teams.map((name) => ({ name, provider: 'port' })),
    managedByScim: false,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function isAdministrator(roles: readonly string[]): boolean {
  return roles.includes('Admin');
}
