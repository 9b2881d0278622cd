import type { Actor } from '#platform/commands/actor.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';

const peopleBlueprint = '_user';

/** Who fills in a form or asks for a run, as expressions see it; with what the catalog knows of them, if it does. */
export async function describeUser(
  parts: { readonly readEntity: (actor: Actor, blueprint: string, id: string) => Promise<JsonObject | null> },
  actor: Actor,
): Promise<JsonObject> {
  if (actor.kind !== 'user') {
    return {
      userId: actor.id,
      email: null,
      name: actor.name,
      mainRole: 'Admin',
      roles: [{ name: 'Admin' }],
      ...noTeams,
    };
  }
  const known = await parts.readEntity(actor, peopleBlueprint, actor.email).catch((error: unknown) => {
    if (error instanceof Problem && error.kind === 'not-found') return null;
    throw error;
  });
  const { properties, relations } = known ?? {};
  return {
    ...(isJsonObject(properties) ? properties : {}),
    ...(isJsonObject(relations) ? relations : {}),
    userId: actor.id,
    email: actor.email,
    name: `${actor.firstName} ${actor.lastName}`.trim(),
    firstName: actor.firstName,
    lastName: actor.lastName,
    picture: '',
    mainRole: actor.roles.includes('Admin') ? 'Admin' : (actor.roles[0] ?? null),
    roles: actor.roles.map((name) => ({ name })),
    teams: actor.teams.map((name) => ({ name, provider: 'port' })),
    teamsIdentifiers: actor.teams,
    team: actor.teams[0] ?? null,
  };
}

const noTeams = { picture: '', teams: [], teamsIdentifiers: [], team: null };
