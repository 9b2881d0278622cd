import { type Examples, fresh, isThere, type Request, takesNothing, type World } from './example.ts';

const all = { combinator: 'and', rules: [] };
const schema = { properties: { text: { type: 'string' } }, required: [] };
const entities = '/v1/blueprints/service/entities';
const rename = (kind: string, body: object) => async (world: World) => {
  const identifier = fresh();
  await world.make('POST', '/v1/blueprints', {
    identifier,
    title: 'To rename',
    schema,
    relations: { parent: { target: 'service' } },
    mirrorProperties: { up: { path: 'parent.text' } },
  });
  return { path: `/v1/blueprints/${identifier}/${kind}/rename`, body };
};
const newBlueprint = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', '/v1/blueprints', { identifier, title: 'Made', schema });
  return `/v1/blueprints/${identifier}`;
};
const newEntity = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', entities, { identifier });
  return identifier;
};
/** An entity without which another cannot be. */
const needed = async (world: World): Promise<string> => {
  const identifier = await newEntity(world);
  await world.make('POST', '/v1/blueprints/needy/entities', { identifier, relations: { needs: identifier } });
  return identifier;
};
const endedRun = async (world: World): Promise<Request> => {
  const begun = await world.make('POST', '/v1/actions/call/runs', {});
  const { id } = begun.body['run'] as { id: string };
  await world.make('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
  return { path: `${entities}?run_id=${id}`, body: { identifier: fresh() } };
};
/** A rule with a key that no rule has. */
const extraKey = { combinator: 'and', rules: [{ property: 'text', operator: 'isEmpty', value: null }] };
const nullIcon = { identifier: 'two', icon: null };
const nullTitle = { identifier: 'two', title: null };
const wrongValue = { identifier: 'wrong', properties: { number: 'text' } };
const overTime = {
  blueprint: 'service',
  timeInterval: 'day',
  timeRange: { preset: 'lastWeek' },
  measureTimeBy: '$createdAt',
  aggregationType: 'countEntities',
  func: 'count',
  query: all,
};
const history = {
  entityIdentifier: 'one',
  blueprintIdentifier: 'service',
  propertyNames: ['number'],
  timeInterval: 'day',
  timeRange: { preset: 'lastWeek' },
};

export const blueprintExamples: Examples = {
  'GET /v1/blueprints': { ask: { path: '/v1/blueprints' }, status: 200, never: isThere },
  'POST /v1/blueprints': {
    ask: async () => ({ path: '/v1/blueprints', body: { identifier: fresh(), title: 'Made', schema } }),
    status: 201,
    missing: {
      path: '/v1/blueprints',
      body: { identifier: 'lost', title: 'Lost', schema, relations: { to: { target: 'absent' } } },
    },
    others: [
      {
        status: 409,
        error: 'identifier_taken',
        ask: { path: '/v1/blueprints', body: { identifier: 'service', title: 'Service', schema } },
      },
    ],
  },
  'GET /v1/blueprints/:': { ask: { path: '/v1/blueprints/service' }, status: 200 },
  'PUT /v1/blueprints/:': {
    ask: async (world) => ({ path: await newBlueprint(world), body: { title: 'Replaced', schema } }),
    status: 200,
  },
  'PATCH /v1/blueprints/:': {
    ask: async (world) => ({ path: await newBlueprint(world), body: { title: 'Changed' } }),
    status: 200,
    others: [
      {
        status: 422,
        ask: { path: '/v1/blueprints/service', body: { schema: { properties: { text: { type: 'number' } } } } },
      },
    ],
  },
  'DELETE /v1/blueprints/:': {
    ask: async (world) => ({ path: await newBlueprint(world) }),
    status: 200,
    invalid: { path: '/v1/blueprints/service?delete_actions=perhaps' },
  },
  'GET /v1/blueprints/system/:/structure': {
    ask: { path: '/v1/blueprints/system/_user/structure' },
    status: 200,
    missing: { path: '/v1/blueprints/system/service/structure' },
  },
  'GET /v1/blueprints/:/permissions': { ask: { path: '/v1/blueprints/service/permissions' }, status: 200 },
  'PATCH /v1/blueprints/:/permissions': {
    ask: { path: '/v1/blueprints/service/permissions', body: { entities: { read: { roles: ['Admin', 'Member'] } } } },
    status: 200,
  },
  'PATCH /v1/blueprints/:/properties/:/rename': {
    ask: rename('properties/text', { newPropertyName: 'words' }),
    status: 200,
  },
  'PATCH /v1/blueprints/:/mirror/:/rename': { ask: rename('mirror/up', { newMirrorName: 'above' }), status: 200 },
  'PATCH /v1/blueprints/:/relations/:/rename': {
    ask: rename('relations/parent', { newRelationIdentifier: 'above' }),
    status: 200,
  },
  'GET /v1/migrations': { ask: { path: '/v1/migrations' }, status: 200, never: isThere },
  'POST /v1/migrations': {
    ask: {
      path: '/v1/migrations',
      body: { sourceBlueprint: 'heir', mapping: { blueprint: 'service', entity: { identifier: '.identifier' } } },
    },
    status: 200,
    missing: {
      path: '/v1/migrations',
      body: { sourceBlueprint: 'absent', mapping: { blueprint: 'service', entity: { identifier: '.identifier' } } },
    },
    others: [
      {
        status: 422,
        error: 'invalid_request',
        ask: {
          path: '/v1/migrations',
          body: { sourceBlueprint: 'heir', mapping: { blueprint: 'service', entity: { identifier: '.[' } } },
        },
      },
    ],
  },
  'GET /v1/migrations/:': {
    ask: async (world) => {
      const deleted = await world.make('DELETE', `${await newBlueprint(world)}/all-entities`);
      return { path: `/v1/migrations/${String(deleted.body['migrationId'])}` };
    },
    status: 200,
  },
  'POST /v1/migrations/:/cancel': {
    ask: async (world) => {
      const deleted = await world.make('DELETE', `${await newBlueprint(world)}/all-entities`);
      return {
        path: `/v1/migrations/${String(deleted.body['migrationId'])}/cancel`,
        body: { reason: 'Changed my mind' },
      };
    },
    // It has ended by then.
    status: 409,
  },
};

export const entityExamples: Examples = {
  'POST /v1/blueprints/:/entities': {
    ask: async () => ({ path: entities, body: { identifier: fresh() } }),
    status: 201,
    missing: { path: entities, body: { identifier: 'lost', relations: { parent: 'absent' } } },
    others: [
      { status: 200, ask: { path: `${entities}?upsert=true`, body: { identifier: 'two' } } },
      { status: 200, ask: { path: `${entities}?validation_only=true&upsert=true`, body: { identifier: 'two' } } },
      { status: 409, error: 'identifier_taken', ask: { path: entities, body: { identifier: 'one' } } },
      { status: 422, error: 'blueprint_schema_mismatch', ask: { path: entities, body: wrongValue } },
      {
        status: 422,
        error: 'blueprint_schema_mismatch',
        ask: { path: entities, body: { properties: { unknown: 'text' } } },
      },
      { status: 404, error: 'not_found', ask: { path: entities, body: { relations: { unknown: 'one' } } } },
      { status: 404, error: 'not_found', ask: { path: entities, body: { team: 'absent' } } },
      { status: 422, error: 'invalid_request', ask: { path: `${entities}?upsert=true`, body: nullIcon } },
      { status: 422, error: 'invalid_request', ask: { path: `${entities}?upsert=true`, body: nullTitle } },
      {
        status: 422,
        error: 'relation_many_violation',
        ask: { path: entities, body: { relations: { parent: ['one', 'two'] } } },
      },
      {
        status: 422,
        error: 'required_relation',
        ask: { path: '/v1/blueprints/needy/entities', body: { identifier: 'without' } },
      },
      {
        status: 422,
        error: 'inherited_ownership_enabled',
        ask: { path: '/v1/blueprints/heir/entities', body: { team: ['team'] } },
      },
      { status: 400, error: 'run_exhausted', ask: endedRun },
      { status: 404, error: 'not_found', ask: { path: `${entities}?run_id=r_absent`, body: { identifier: 'lost' } } },
    ],
  },
  'POST /v1/blueprints/:/entities/bulk': {
    ask: async () => ({ path: `${entities}/bulk`, body: { entities: [{ identifier: fresh() }] } }),
    status: 200,
    missing: { path: '/v1/blueprints/absent/entities/bulk', body: { entities: [{}] } },
    others: [
      {
        status: 207,
        ask: async () => ({ path: `${entities}/bulk`, body: { entities: [{ identifier: fresh() }, wrongValue] } }),
      },
      { status: 207, ask: { path: `${entities}/bulk?upsert=true`, body: { entities: [nullIcon] } } },
      { status: 207, ask: { path: `${entities}/bulk?upsert=true`, body: { entities: [nullTitle] } } },
      { status: 207, ask: { path: `${entities}/bulk`, body: { entities: [{ team: ['team', 'absent'] }] } } },
      {
        status: 422,
        ask: { path: `${entities}/bulk`, body: { entities: Array.from({ length: 21 }, () => ({})) } },
      },
    ],
  },
  'GET /v1/blueprints/:/entities': {
    ask: { path: entities },
    status: 200,
    missing: { path: '/v1/blueprints/absent/entities' },
  },
  'GET /v1/blueprints/:/entities/:': { ask: { path: `${entities}/one` }, status: 200 },
  'PUT /v1/blueprints/:/entities/:': {
    ask: async (world) => ({ path: `${entities}/${await newEntity(world)}`, body: { title: 'Replaced' } }),
    status: 200,
    others: [
      { status: 409, error: 'identifier_taken', ask: { path: `${entities}/one`, body: { identifier: 'two' } } },
      { status: 422, error: 'invalid_request', ask: { path: `${entities}/two`, body: nullIcon } },
      { status: 422, error: 'invalid_request', ask: { path: `${entities}/two`, body: nullTitle } },
      { status: 404, error: 'not_found', ask: { path: `${entities}/two`, body: { team: ['team', 'absent'] } } },
    ],
  },
  'PATCH /v1/blueprints/:/entities/:': {
    ask: async (world) => ({
      path: `${entities}/${await newEntity(world)}`,
      body: { title: null, icon: null, team: null },
    }),
    status: 200,
    others: [
      { status: 422, error: 'invalid_request', ask: { path: `${entities}/one`, body: { unknown: true } } },
      {
        status: 403,
        error: 'required_relation',
        ask: async (world) => {
          const path = `/v1/blueprints/needy/entities/${await needed(world)}`;
          return { path, body: { relations: { needs: null } } };
        },
      },
    ],
  },
  'DELETE /v1/blueprints/:/entities/:': {
    ask: async (world) => ({ path: `${entities}/${await newEntity(world)}` }),
    status: 200,
    invalid: { path: `${entities}/one?delete_dependents=perhaps` },
    others: [
      {
        status: 403,
        error: 'has_dependents',
        ask: async (world) => ({ path: `${entities}/${await needed(world)}` }),
      },
      {
        status: 200,
        ask: async (world) => ({ path: `${entities}/${await needed(world)}?delete_dependents=true` }),
      },
    ],
  },
  'GET /v1/blueprints/:/entities-count': { ask: { path: `/v1/blueprints/service/entities-count` }, status: 200 },
  'DELETE /v1/blueprints/:/all-entities': {
    ask: async (world) => ({ path: `${await newBlueprint(world)}/all-entities?delete_blueprint=true` }),
    status: 200,
    invalid: { path: '/v1/blueprints/service/all-entities?delete_blueprint=perhaps' },
  },
  'POST /v1/blueprints/:/bulk/entities/delete': {
    ask: async (world) => ({
      path: '/v1/blueprints/service/bulk/entities/delete',
      body: { entities: [await newEntity(world)] },
    }),
    status: 200,
    missing: { path: '/v1/blueprints/absent/bulk/entities/delete', body: { entities: ['one'] } },
  },
  'DELETE /v1/blueprints/:/bulk/entities': {
    ask: async (world) => ({
      path: '/v1/blueprints/service/bulk/entities',
      body: { entities: [await newEntity(world)] },
    }),
    status: 200,
    missing: { path: '/v1/blueprints/absent/bulk/entities', body: { entities: ['one'] } },
  },
};

export const searchExamples: Examples = {
  'POST /v1/entities/search': {
    ask: { path: '/v1/entities/search', body: all },
    status: 200,
    others: [{ status: 422, error: 'invalid_request', ask: { path: '/v1/entities/search', body: extraKey } }],
    never: { 404: 'what is not there does not match' },
  },
  'POST /v1/blueprints/:/entities/search': {
    ask: { path: `${entities}/search`, body: { query: all } },
    status: 200,
    others: [{ status: 422, error: 'invalid_request', ask: { path: `${entities}/search`, body: { query: extraKey } } }],
    missing: { path: '/v1/blueprints/absent/entities/search', body: { query: all } },
  },
  'POST /v1/blueprints/:/entities/search/count': {
    ask: { path: `${entities}/search/count`, body: { query: all } },
    status: 200,
    missing: { path: '/v1/blueprints/absent/entities/search/count', body: { query: all } },
  },
  'POST /v1/blueprints/:/entities/top-search': {
    ask: { path: `${entities}/top-search`, body: { identifiers: ['one'], countOnly: true } },
    status: 200,
    missing: { path: '/v1/blueprints/absent/entities/top-search', body: {} },
  },
  'POST /v1/blueprints/entities/datasource-entities': {
    ask: {
      path: '/v1/blueprints/entities/datasource-entities',
      body: { datasource_prefix: 'port-ocean/k8s/', datasource_suffix: '/mine/exporter', limit: 5000 },
    },
    status: 200,
  },
  'POST /v1/entities/aggregate': {
    ask: { path: '/v1/entities/aggregate', body: { func: 'count', query: all } },
    status: 200,
    never: { 404: 'what is not there does not match' },
  },
  'POST /v1/entities/aggregate-over-time': {
    ask: { path: '/v1/entities/aggregate-over-time', body: overTime },
    status: 200,
    missing: { path: '/v1/entities/aggregate-over-time', body: { ...overTime, blueprint: 'absent' } },
  },
  'POST /v1/entities/properties-history': {
    ask: { path: '/v1/entities/properties-history', body: history },
    status: 200,
    missing: { path: '/v1/entities/properties-history', body: { ...history, entityIdentifier: 'absent' } },
  },
  'GET /v1/audit-log': { ask: { path: '/v1/audit-log' }, status: 200, never: isThere },
};

const scorecard = { title: 'Made', rules: [] };
const scorecards = '/v1/blueprints/service/scorecards';

export const scorecardExamples: Examples = {
  'GET /v1/scorecards': { ask: { path: '/v1/scorecards' }, status: 200, never: isThere },
  'GET /v1/blueprints/:/scorecards': {
    ask: { path: scorecards },
    status: 200,
    missing: { path: '/v1/blueprints/absent/scorecards' },
  },
  'POST /v1/blueprints/:/scorecards': {
    ask: async () => ({ path: scorecards, body: { ...scorecard, identifier: fresh() } }),
    status: 201,
    missing: { path: '/v1/blueprints/absent/scorecards', body: { ...scorecard, identifier: 'lost' } },
  },
  'PUT /v1/blueprints/:/scorecards': {
    ask: async (world) => ({
      path: `${await newBlueprint(world)}/scorecards`,
      body: [{ ...scorecard, identifier: 'set' }],
    }),
    status: 200,
    missing: { path: '/v1/blueprints/absent/scorecards', body: [] },
  },
  'GET /v1/blueprints/:/scorecards/:': { ask: { path: `${scorecards}/ready` }, status: 200 },
  'PUT /v1/blueprints/:/scorecards/:': {
    ask: { path: `${scorecards}/ready`, body: { ...scorecard, identifier: 'ready' } },
    status: 200,
  },
  'PATCH /v1/blueprints/:/scorecards/:': {
    ask: { path: `${scorecards}/ready`, body: { title: 'Changed' } },
    status: 200,
  },
  'DELETE /v1/blueprints/:/scorecards/:': {
    ask: async (world) => {
      const identifier = fresh();
      await world.make('POST', scorecards, { ...scorecard, identifier });
      return { path: `${scorecards}/${identifier}` };
    },
    status: 200,
    never: takesNothing,
  },
};
