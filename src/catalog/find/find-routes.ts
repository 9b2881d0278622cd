import Type from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { findAnything, type FindParts } from './find-anything.ts';

const defaultLimit = 20;
const query = Type.Object({
  q: Type.String({ maxLength: 200 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
});

/** `sources` are what other modules have to be found. */
export function findRoutes({ db }: Core, parts: Omit<FindParts, 'db'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/search',
      summary: 'Find entities, blueprints, actions and scorecards by words',
      tag: 'Search',
      access: 'known',
      request: { query },
      handle: async ({ actor, query: { q, limit = defaultLimit } }) =>
        ok({ results: await findAnything({ db, ...parts }, actor, { text: q, limit }) }),
    }),
  ];
}
