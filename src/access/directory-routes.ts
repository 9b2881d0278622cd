import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { directoryQuery } from './contract.ts';
import { type DirectoryAsk, findPeople, findTeams } from './directory-queries.ts';

const tag = 'Users and teams';
const usualLimit = 50;

/** For choosing somebody out of many, and for showing who is behind an id: never the whole list. */
export function directoryRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/directory/people',
      summary: 'Find people by name or e-mail, page by page',
      tag,
      access: 'known',
      request: { query: directoryQuery },
      statuses: [422],
      handle: async ({ actor, query }) => {
        const { rows, next } = await findPeople(db, askedOf(actor.orgId, query));
        const people = rows.map(({ id, email, firstName, lastName, status }) => ({
          id,
          email,
          firstName,
          lastName,
          status,
        }));
        return ok({ people, next });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/directory/teams',
      summary: 'Find teams by name, page by page',
      tag,
      access: 'known',
      request: { query: directoryQuery },
      statuses: [422],
      handle: async ({ actor, query }) => {
        const { rows, next } = await findTeams(db, askedOf(actor.orgId, query));
        const teams = rows.map(({ name, description, members }) => ({ name, description, members }));
        return ok({ teams, next });
      },
    }),
  ];
}

interface Asked {
  readonly search?: string;
  readonly named?: string | readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}

function askedOf(orgId: string, { search = '', named, limit = usualLimit, cursor }: Asked): DirectoryAsk {
  return { orgId, text: search, named: named === undefined ? undefined : [named].flat(), limit, cursor };
}
