import type { Db } from '#platform/db/handles.ts';
import { created, ok, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import {
  emailParams,
  invitationBody,
  inviteUserBody,
  nameParams,
  teamBody,
  teamPatchBody,
  userPatchBody,
} from './contract.ts';
import { type InvitationInput, invitePerson } from './invite-person.ts';
import { peopleOf, personByEmailIn } from './people-queries.ts';
import { toWireUser } from './person.ts';
import { createTeam, deleteTeam, type TeamInput, toWireTeam, updateTeam } from './save-team.ts';
import { teamsOf } from './team-queries.ts';
import { deletePerson, updatePerson } from './update-person.ts';

const tag = 'Users and teams';

export function peopleRoutes(db: Db, publicUrl: string): readonly Route[] {
  return [...userRoutes(db), ...invitationRoutes(publicUrl), ...teamRoutes(db)];
}

function userRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/users',
      summary: 'List users',
      tag,
      access: 'known',
      handle: async ({ actor }) => ok({ users: (await peopleOf(db, actor.orgId)).map(toWireUser) }),
    }),
    route({
      method: 'GET',
      path: '/v1/users/:email',
      summary: 'Get a user by e-mail',
      tag,
      access: 'known',
      request: { params: emailParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const person = await personByEmailIn(db, actor.orgId, params.email);
        if (person === null) throw notFound('user', params.email);
        return ok({ user: toWireUser(person) });
      },
    }),
    route({
      method: 'PATCH',
      path: '/v1/users/:email',
      summary: 'Change the roles and teams of a user',
      tag,
      access: 'known',
      request: { params: emailParams, body: userPatchBody },
      statuses: [404],
      // Port's clients read the fields beside `ok`, not under `user`.
      handle: async ({ params, body, execute }) => ok(toWireUser(await execute(updatePerson, { ...params, ...body }))),
    }),
    route({
      method: 'DELETE',
      path: '/v1/users/:email',
      summary: 'Remove a user',
      tag,
      access: 'known',
      request: { params: emailParams },
      statuses: [404],
      handle: async ({ params, execute }) => {
        await execute(deletePerson, params);
        return ok({});
      },
    }),
  ];
}

function invitationRoutes(publicUrl: string): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/users/invite',
      summary: 'Invite a user',
      tag,
      access: 'known',
      request: { body: inviteUserBody },
      statuses: [409],
      handle: async ({ body, execute }) => {
        await execute(invitePerson, withDefaults(body.invitee), { idempotency: undefined });
        return ok({});
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/invitations',
      summary: 'Invite a person; answers the link to hand over',
      tag,
      access: 'known',
      request: { body: invitationBody },
      statuses: [201, 409],
      handle: async ({ body, execute }) => {
        // The link is a secret: it is not kept as the stored answer of a repeated request.
        const invitation = await execute(invitePerson, withDefaults(body), { idempotency: undefined });
        return created({
          invitation: { link: `${publicUrl}/invitations/${invitation.token}`, expiresAt: invitation.expiresAt },
        });
      },
    }),
  ];
}

function withDefaults(invitee: { email: string; roles?: string[]; teams?: string[] }): InvitationInput {
  return { email: invitee.email, roles: invitee.roles ?? ['Member'], teams: invitee.teams ?? [] };
}

/** Bodies are open: what else they hold is left aside. */
function teamInput<Body extends Partial<TeamInput>>({ name, description, users }: Body): Omit<Body, 'title'> {
  return { name, description, users } as Omit<Body, 'title'>;
}

function teamRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/teams',
      summary: 'List teams',
      tag,
      access: 'known',
      handle: async ({ actor }) => ok({ teams: (await teamsOf(db, actor.orgId)).map(toWireTeam) }),
    }),
    route({
      method: 'POST',
      path: '/v1/teams',
      summary: 'Create a team',
      tag,
      access: 'known',
      request: { body: teamBody },
      statuses: [409],
      handle: async ({ body, execute }) => ok({ team: toWireTeam(await execute(createTeam, teamInput(body))) }),
    }),
    route({
      method: 'GET',
      path: '/v1/teams/:name',
      summary: 'Get a team',
      tag,
      access: 'known',
      request: { params: nameParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const [team] = await teamsOf(db, actor.orgId, params.name);
        if (team === undefined) throw notFound('team', params.name);
        return ok({ team: toWireTeam(team) });
      },
    }),
    ...(['PUT', 'PATCH'] as const).map((method) =>
      route({
        method,
        path: '/v1/teams/:name',
        summary: 'Change a team',
        tag,
        access: 'known',
        request: { params: nameParams, body: method === 'PUT' ? teamBody : teamPatchBody },
        statuses: [404, 409],
        handle: async ({ params, body, execute }) =>
          ok({ team: toWireTeam(await execute(updateTeam, { current: params.name, change: teamInput(body) })) }),
      }),
    ),
    route({
      method: 'DELETE',
      path: '/v1/teams/:name',
      summary: 'Delete a team',
      tag,
      access: 'known',
      request: { params: nameParams },
      statuses: [404],
      handle: async ({ params, execute }) => {
        await execute(deleteTeam, params);
        return ok({});
      },
    }),
  ];
}
