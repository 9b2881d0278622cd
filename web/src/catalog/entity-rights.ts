import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, path } from '../api/client.ts';
import { sessionQuery } from '../api/session.ts';
import type { Entity, Person } from '../api/wire.ts';

interface Grant {
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly teams?: readonly string[];
  readonly ownedByTeam?: boolean;
}

export interface EntityPermissions {
  readonly register?: Grant;
  readonly update?: Grant;
  readonly unregister?: Grant;
  readonly updateProperties?: Readonly<Record<string, Grant>>;
  readonly updateRelations?: Readonly<Record<string, Grant>>;
}

export const entityPermissionsQuery = (blueprint: string) =>
  queryOptions({
    queryKey: ['blueprints', blueprint, 'permissions'],
    queryFn: async ({ signal }) =>
      (
        await get<{ permissions: { entities: EntityPermissions } }>(path('/v1/blueprints', blueprint, 'permissions'), {
          signal,
        })
      ).permissions.entities,
    staleTime: 60_000,
  });

/** What somebody may do with entities of a blueprint. The server has the last word. */
export interface EntityRights {
  readonly create: boolean;
  readonly update: boolean;
  readonly remove: boolean;
  /** Of some entities at least: those of one's own teams. */
  readonly someUpdate: boolean;
  readonly someRemove: boolean;
}

const has = (list: readonly string[] | undefined, ...values: readonly string[]): boolean =>
  values.some((value) => list?.includes(value) === true);

function isGranted(person: Person, grant: Grant | undefined, owners: readonly string[] | undefined): boolean {
  if (grant === undefined) return false;
  return (
    has(grant.users, person.email) ||
    has(grant.roles, ...person.roles) ||
    has(grant.teams, ...person.teams) ||
    // An entity that does not exist yet may become one of theirs.
    (grant.ownedByTeam === true && (owners === undefined ? person.teams.length > 0 : has(owners, ...person.teams)))
  );
}

export function rightsOf(
  person: Person,
  blueprint: string,
  permissions: EntityPermissions | undefined,
  entity: Pick<Entity, 'team'> | undefined,
): EntityRights {
  if (has(person.roles, 'Admin', 'Moderator', `${blueprint}-moderator`))
    return { create: true, update: true, remove: true, someUpdate: true, someRemove: true };
  const granted = (grant: Grant | undefined): boolean => isGranted(person, grant, entity?.team);
  const single = [permissions?.updateProperties, permissions?.updateRelations].flatMap((one) =>
    Object.values(one ?? {}),
  );
  return {
    create: isGranted(person, permissions?.register, undefined),
    update: granted(permissions?.update) || single.some(granted),
    remove: granted(permissions?.unregister),
    someUpdate: [permissions?.update, ...single].some((grant) => isGranted(person, grant, undefined)),
    someRemove: isGranted(person, permissions?.unregister, undefined),
  };
}

const nothing: EntityRights = { create: false, update: false, remove: false, someUpdate: false, someRemove: false };

/** What the signed-in person may do; nothing until it is known. */
export function useEntityRights(blueprint: string, entity?: Pick<Entity, 'team'>): EntityRights {
  const { data: session } = useQuery(sessionQuery);
  const person = session?.person;
  const sure = person !== undefined && has(person.roles, 'Admin', 'Moderator', `${blueprint}-moderator`);
  const { data: permissions } = useQuery({
    ...entityPermissionsQuery(blueprint),
    enabled: person !== undefined && !sure,
  });
  if (person === undefined || (!sure && permissions === undefined)) return nothing;
  return rightsOf(person, blueprint, permissions, entity);
}
