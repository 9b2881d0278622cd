import type { Entity, Json } from '../src/api/wire.ts';
import { blueprints } from './data/catalog.ts';
import { entities } from './data/entities.ts';
import { audits } from './data/history.ts';
import { at, Refusal, type Route } from './reply.ts';

const ok = (body: object, status = 200) => ({ body, status });

/** By entity; the stand-in counts what is changed through it. */
const versions = new Map<Entity, number>();

function find(blueprint: string | undefined, identifier: string | undefined): Entity {
  const found = entities.find((one) => one.blueprint === blueprint && one.identifier === identifier);
  if (found === undefined) throw new Refusal(404, 'not_found', `Entity "${identifier}" was not found`);
  return found;
}

const etagOf = (entity: Entity): string => `"${versions.get(entity) ?? 1}"`;

function checked(blueprint: string | undefined, properties: Readonly<Record<string, Json>>): void {
  const schema = blueprints.find((one) => one.identifier === blueprint)?.schema;
  const errors = (schema?.required ?? [])
    .filter((key) => properties[key] === undefined || properties[key] === null)
    .map((property) => ({ property, path: '', message: 'is required' }));
  if (properties['coverage'] === 101) errors.push({ property: 'coverage', path: '', message: 'must be <= 100' });
  if (errors.length > 0)
    throw new Refusal(422, 'blueprint_schema_mismatch', 'The entity does not fit its blueprint.', { errors });
}

const withoutNulls = (values: object): Record<string, never> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Record<string, never>;

/** Entities related to one, by relation, in the shape of the server. */
function related(blueprint: string, identifier: string) {
  const groups = new Map<string, { direction: string; blueprint: string; relation: string; entities: Entity[] }>();
  const add = (direction: string, relation: string, entity: Entity): void => {
    const key = `${direction} ${entity.blueprint} ${relation}`;
    const group = groups.get(key) ?? { direction, blueprint: entity.blueprint, relation, entities: [] };
    group.entities.push(entity);
    groups.set(key, group);
  };
  for (const source of entities) {
    const definitions = blueprints.find((one) => one.identifier === source.blueprint)?.relations ?? {};
    for (const [relation, { target }] of Object.entries(definitions)) {
      for (const other of [source.relations[relation] ?? []].flat()) {
        const found = entities.find((one) => one.blueprint === target && one.identifier === other);
        if (found === undefined) continue;
        if (source.blueprint === blueprint && source.identifier === identifier) add('out', relation, found);
        if (found.blueprint === blueprint && found.identifier === identifier) add('in', relation, source);
      }
    }
  }
  return [...groups.values()].map((group) => ({
    ...group,
    count: group.entities.length,
    entities: group.entities.map((one) => ({ identifier: one.identifier, title: one.title, icon: one.icon ?? null })),
  }));
}

/** Reading one entity with its version, writing, and what hangs together with it. */
export const entityRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/v1/blueprints/:bp/entities/:id'),
    handle: ({ params, response }) => {
      const entity = find(params[0], params[1]);
      response.setHeader('etag', etagOf(entity));
      return ok({ entity });
    },
  },
  {
    method: 'POST',
    pattern: at('/v1/blueprints/:bp/entities'),
    handle: ({ params, body }) => {
      const properties = withoutNulls(body['properties'] ?? {});
      checked(params[0], properties);
      const now = new Date().toISOString();
      const identifier = (body['identifier'] as string | undefined) ?? `e_${entities.length}`;
      if (entities.some((one) => one.blueprint === params[0] && one.identifier === identifier))
        throw new Refusal(409, 'identifier_taken', `There is an entity "${identifier}" already.`);
      const entity: Entity = {
        identifier,
        title: (body['title'] as string | undefined) ?? identifier,
        icon: (body['icon'] as string | undefined) ?? null,
        blueprint: params[0] ?? '',
        team: (body['team'] as string[] | undefined) ?? [],
        properties,
        relations: (body['relations'] as Entity['relations'] | undefined) ?? {},
        createdAt: now,
        createdBy: 'user_admin',
        updatedAt: now,
        updatedBy: 'user_admin',
      };
      entities.push(entity);
      return ok({ entity }, 201);
    },
  },
  {
    method: 'PATCH',
    pattern: at('/v1/blueprints/:bp/entities/:id'),
    handle: ({ params, body, request }) => {
      const entity = find(params[0], params[1]);
      const given = request.headers['if-match'];
      if (given !== undefined && given !== etagOf(entity))
        throw new Refusal(412, 'stale_version', 'The entity was changed by somebody else in the meantime.');
      const properties = withoutNulls({ ...entity.properties, ...(body['properties'] as object | undefined) });
      checked(params[0], properties);
      const relations = { ...entity.relations, ...(body['relations'] as object | undefined) };
      Object.assign(entity, { ...body, properties, relations, updatedAt: new Date().toISOString() });
      versions.set(entity, (versions.get(entity) ?? 1) + 1);
      return ok({ entity });
    },
  },
  {
    method: 'DELETE',
    pattern: at('/v1/blueprints/:bp/entities/:id'),
    handle: ({ params }) => {
      entities.splice(entities.indexOf(find(params[0], params[1])), 1);
      return ok({});
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/blueprints/:bp/entities/:id/related'),
    handle: ({ params }) => ok({ related: related(params[0] ?? '', params[1] ?? '') }),
  },
  {
    method: 'GET',
    pattern: at('/api/v1/blueprints/:bp/entities/:id/as-of'),
    handle: ({ params, query }) => {
      const entity = find(params[0], params[1]);
      const change = audits.find(({ trigger }) => trigger.at <= (query.get('at') ?? ''));
      const then = { ...entity, properties: { ...entity.properties, coverage: 12 } };
      return ok({ entity: then, change: change ?? audits[0], until: entity.updatedAt });
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/blueprints/:bp/entities/:id/deletion'),
    handle: ({ params }) => {
      const released = related(params[0] ?? '', params[1] ?? '').filter(({ direction }) => direction === 'in');
      return ok({ deletion: { deleted: [], released, complete: true } });
    },
  },
];
