import type { Blueprint } from '../src/api/wire.ts';
import { blueprints } from './data/catalog.ts';
import { at, Refusal, type Route } from './reply.ts';

const ok = (body: object, status = 200) => ({ body, status });

function find(identifier: string | undefined): Blueprint {
  const found = blueprints.find((one) => one.identifier === identifier);
  if (found === undefined) throw new Refusal(404, 'not_found', `Blueprint "${identifier}" was not found`);
  return found;
}

function checked(body: Record<string, unknown>): Blueprint {
  const blueprint = body as unknown as Blueprint;
  const errors = Object.entries(blueprint.schema.properties)
    .filter(([, { pattern }]) => pattern === '(')
    .map(([key]) => ({ path: `schema.properties.${key}.pattern`, message: 'is not a usable pattern' }));
  if (errors.length > 0) throw new Refusal(422, 'invalid_request', 'The blueprint is not valid.', { errors });
  return blueprint;
}

type Permissions = Readonly<Record<string, object>>;
const permissions = new Map<string, Permissions>();

function permissionsOf({ identifier, schema }: Blueprint): Permissions {
  const grant = { users: [], roles: ['Admin', `${identifier}-moderator`], teams: [], ownedByTeam: false };
  const fields = Object.keys(schema.properties).map((key) => [key, grant] as const);
  const updateProperties = Object.fromEntries([...fields, ['$team', { ...grant, ownedByTeam: true }]]);
  const verbs = { read: grant, register: grant, update: grant, unregister: grant };
  return permissions.get(identifier) ?? { ...verbs, updateProperties, updateRelations: {} };
}

/** Reading one blueprint with its version, and writing. */
export const blueprintRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/v1/blueprints/:bp'),
    handle: ({ params, response }) => {
      response.setHeader('etag', '"1"');
      return ok({ blueprint: find(params[0]) });
    },
  },
  {
    method: 'POST',
    pattern: at('/v1/blueprints'),
    handle: ({ body, response }) => {
      const blueprint = checked(body);
      const now = new Date().toISOString();
      blueprints.push({ ...blueprint, createdAt: now, updatedAt: now });
      response.setHeader('etag', '"1"');
      return ok({ blueprint }, 201);
    },
  },
  {
    method: 'PUT',
    pattern: at('/v1/blueprints/:bp'),
    handle: ({ params, body, response }) => {
      const next = checked(body);
      Object.assign(find(params[0]), next);
      response.setHeader('etag', '"1"');
      return ok({ blueprint: next });
    },
  },
  { method: 'GET', pattern: at('/v1/migrations'), handle: () => ok({ migrations: [] }) },
  {
    method: 'POST',
    pattern: at('/v1/blueprints/:bp/entities/search/count'),
    handle: () => ok({ count: 9 }),
  },
  {
    method: 'GET',
    pattern: at('/v1/blueprints/:bp/permissions'),
    handle: ({ params }) => ok({ permissions: { entities: permissionsOf(find(params[0])) } }),
  },
  {
    method: 'PATCH',
    pattern: at('/v1/blueprints/:bp/permissions'),
    handle: ({ params, body }) => {
      const given = body['entities'] as Permissions;
      const path = 'entities.read.policy.rules[0].operator';
      if (JSON.stringify(given).includes('"like"'))
        throw new Refusal(422, 'invalid_request', `"${path}" is not known`, {
          errors: [{ path, message: 'is not known' }],
        });
      const blueprint = find(params[0]);
      permissions.set(blueprint.identifier, { ...permissionsOf(blueprint), ...given });
      return ok({ permissions: { entities: permissionsOf(blueprint) } });
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/previews'),
    handle: () =>
      ok({ leads: true, values: [{ entity: { identifier: 'checkout', title: 'Checkout' }, value: 'Storefront' }] }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/calculations/test'),
    handle: ({ body }) => {
      const isBroken = String(body['calculation']).includes('|');
      return ok({
        entity: { identifier: 'checkout', title: 'Checkout' },
        value: isBroken ? null : 'Checkout/1',
        fits: !isBroken,
        problem: isBroken ? 'syntax error' : null,
      });
    },
  },
];
