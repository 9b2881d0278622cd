import { sql } from 'kysely';
import Type from 'typebox';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { entityColumns, type EntityRow } from './entity-queries.ts';
import { presentEntities } from './present-entities.ts';
import { visibleEntities } from './visibility-queries.ts';
import { problem } from '#platform/problem.ts';

const limitOfPage = 5000;
const affix = Type.String({ maxLength: 500 });
const Body = Type.Object(
  {
    datasource_prefix: affix,
    datasource_suffix: affix,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limitOfPage })),
    from: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 10_000 })),
    before: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
  },
  { additionalProperties: false },
);

/** What an integration wrote: by the beginning and the end of how it introduced itself. Ocean cleans up with it. */
export function sourceRoutes({ db }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/blueprints/entities/datasource-entities',
      summary: 'Entities of all blueprints by who wrote them last',
      tag: 'Search',
      access: 'known',
      request: { body: Body },
      async handle({ actor, body }) {
        const limit = body.limit ?? limitOfPage;
        const [blueprint, identifier] = readPlace(body.from);
        const found = await sql<EntityRow>`
          select ${entityColumns} from entity e
          where e.org_id = ${actor.orgId} and ${await visibleEntities(db, actor)}
            and starts_with(e.datasource, ${body.datasource_prefix})
            and right(e.datasource, length(${body.datasource_suffix}::text)) = ${body.datasource_suffix}
            and (e.blueprint, e.identifier) > (${blueprint}, ${identifier})
            and e.created_at < ${readInstant(body.before)}
          order by e.blueprint, e.identifier limit ${limit + 1}`.execute(db);
        const rows = found.rows.slice(0, limit);
        const all = await blueprints.all(db, actor.orgId);
        const documents = new Map(all.map(({ document }) => [document.identifier, document]));
        const entities = await presentEntities({ db, actor, options: {} }, rows, (name) => documents.get(name));
        const last = rows.at(-1);
        return ok({ entities, ...(found.rows.length > limit && last !== undefined ? { next: placeOf(last) } : {}) });
      },
    }),
  ];
}

function placeOf({ blueprint, identifier }: EntityRow): string {
  return Buffer.from(JSON.stringify([blueprint, identifier])).toString('base64url');
}

function readPlace(from: string | null | undefined): readonly [string, string] {
  if (from === undefined || from === null || from === '') return ['', ''];
  try {
    const place: unknown = JSON.parse(Buffer.from(from, 'base64url').toString());
    const isPlace = Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string');
    if (isPlace && !place.join('').includes('\u0000')) return place as unknown as readonly [string, string];
  } catch {
    // Told below.
  }
  throw refused('from', 'is not a "next" of this search');
}

/** Writes that change nothing leave no date, so what is asked for is what was there before. */
function readInstant(before: string | null | undefined): Date {
  if (before === undefined || before === null || before === '') return new Date('9999-12-31T00:00:00Z');
  const instant = new Date(before);
  if (!(instant.getTime() >= 0 && instant.getUTCFullYear() <= 9999))
    throw refused('before', 'must be an instant, e.g. 2026-05-01T00:00:00Z');
  return instant;
}

function refused(path: string, message: string): Error {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
