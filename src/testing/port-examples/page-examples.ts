import { type Examples, fresh, isThere, takesNothing, type World } from './example.ts';

const widget = { id: 'w', type: 'markdown', markdown: 'Text' };
const dashboard = { type: 'dashboard', widgets: [widget] };
const folders = '/v1/sidebars/catalog/folders';
const newPage = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', '/v1/pages', { identifier, ...dashboard });
  return `/v1/pages/${identifier}`;
};
const newFolder = async (world: World): Promise<string> => {
  const identifier = fresh();
  await world.make('POST', folders, { identifier, title: 'Folder' });
  return `${folders}/${identifier}`;
};

export const pageExamples: Examples = {
  'GET /v1/pages': { ask: { path: '/v1/pages?compact=true' }, status: 200, never: isThere },
  'POST /v1/pages': {
    ask: async () => ({ path: '/v1/pages', body: { identifier: fresh(), ...dashboard } }),
    status: 200,
    others: [
      {
        status: 404,
        error: 'not_found',
        ask: { path: '/v1/pages', body: { identifier: 'lost', ...dashboard, parent: 'absent' } },
      },
      {
        status: 409,
        error: 'identifier_taken',
        ask: async (world) => {
          const identifier = (await newPage(world)).split('/').at(-1);
          return { path: '/v1/pages', body: { identifier, ...dashboard } };
        },
      },
    ],
  },
  'GET /v1/pages/:': { ask: async (world) => ({ path: await newPage(world) }), status: 200 },
  'PUT /v1/pages/:': {
    ask: async (world) => ({ path: await newPage(world), body: { ...dashboard, title: 'Replaced' } }),
    status: 200,
  },
  'PATCH /v1/pages/:': {
    ask: async (world) => ({ path: await newPage(world), body: { title: 'Changed' } }),
    status: 200,
  },
  'DELETE /v1/pages/:': { ask: async (world) => ({ path: await newPage(world) }), status: 200, never: takesNothing },
  'PATCH /v1/pages/:/widgets/:': {
    ask: async (world) => ({ path: `${await newPage(world)}/widgets/w`, body: { title: 'Changed' } }),
    status: 200,
  },
  'DELETE /v1/pages/:/widgets/:': {
    ask: async (world) => ({ path: `${await newPage(world)}/widgets/w` }),
    status: 200,
    never: takesNothing,
  },
  'GET /v1/pages/:/permissions': {
    ask: async (world) => ({ path: `${await newPage(world)}/permissions` }),
    status: 200,
  },
  'PATCH /v1/pages/:/permissions': {
    ask: async (world) => ({ path: `${await newPage(world)}/permissions`, body: { read: { teams: ['team'] } } }),
    status: 200,
  },
  'GET /v1/pages/:/validate': { ask: async (world) => ({ path: `${await newPage(world)}/validate` }), status: 200 },
  'POST /v1/pages/:/fix': {
    ask: async (world) => ({ path: `${await newPage(world)}/fix` }),
    status: 200,
    never: takesNothing,
  },
  'GET /v1/sidebars/catalog': { ask: { path: '/v1/sidebars/catalog' }, status: 200 },
  'POST /v1/sidebars/catalog/folders': {
    ask: async () => ({ path: folders, body: { identifier: fresh(), title: 'Folder' } }),
    status: 200,
  },
  'PATCH /v1/sidebars/catalog/folders/:': {
    ask: async (world) => ({ path: await newFolder(world), body: { title: 'Changed' } }),
    status: 200,
    others: [
      {
        status: 422,
        error: 'after_item_not_in_parent',
        ask: async (world) => {
          const path = await newFolder(world);
          const parent = path.split('/').at(-1);
          const identifier = fresh();
          await world.make('POST', folders, { identifier, parent });
          return { path: await newFolder(world), body: { after: identifier } };
        },
      },
    ],
  },
  'DELETE /v1/sidebars/catalog/folders/:': {
    ask: async (world) => ({ path: await newFolder(world) }),
    status: 200,
  },
};
