import type { Entity, Json } from '../src/api/wire.ts';
import { entities } from './data/entities.ts';
import { at, Refusal, type Route } from './reply.ts';
import { groupedBy, matches } from './table-routes.ts';

const ok = (body: object, status = 200) => ({ body, status });
const of = (blueprint: string | undefined): Entity[] => entities.filter((entity) => entity.blueprint === blueprint);

interface View extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly blueprint: string;
}

const views: View[] = [
  {
    id: 'view_tiers',
    blueprint: 'service',
    title: 'By tier',
    shared: true,
    state: { group: 'tier', sort: '-$updatedAt' },
    version: 1,
    createdBy: 'admin@example.com',
    mine: true,
    mayChange: true,
  },
];
let everyone: string | null = null;

const viewRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/blueprints/:bp/views'),
    handle: ({ params }) =>
      ok({ views: views.filter((one) => one.blueprint === params[0]), defaults: { own: null, everyone } }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/views'),
    handle: ({ params, body }) => {
      const id = `view_${views.length}`;
      const made = {
        ...body,
        id,
        blueprint: params[0] ?? '',
        version: 1,
        createdBy: 'you',
        mine: true,
        mayChange: true,
      };
      views.push(made);
      return ok({ view: made }, 201);
    },
  },
  {
    method: 'PUT',
    pattern: at('/api/v1/blueprints/:bp/default-view'),
    handle: ({ body }) => {
      everyone = body['view'] as string | null;
      return ok({ defaults: { own: null, everyone } });
    },
  },
];

interface Bulk {
  readonly scope: { readonly identifiers?: readonly string[]; readonly except?: readonly string[] };
  readonly change: { readonly kind: 'edit' | 'delete'; readonly properties?: Readonly<Record<string, Json>> };
}

function scoped(blueprint: string | undefined, { scope }: Bulk): Entity[] {
  const { identifiers, except = [] } = scope;
  if (identifiers !== undefined) return of(blueprint).filter((one) => identifiers.includes(one.identifier));
  return of(blueprint).filter((one) => matches(one, scope as never) && !except.includes(one.identifier));
}

const changes = new Map<string, object>();

/** Enough of changes of many entities to look at every step of them. */
const bulkRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/bulk-previews'),
    handle: ({ params, body }) => {
      const asked = body as unknown as Bulk;
      const [first, ...rest] = scoped(params[0], asked);
      const refused = rest.length > 1 ? rest.slice(-1) : [];
      const touched = [first, ...rest].filter((one) => one !== undefined && !refused.includes(one)) as Entity[];
      const { properties = {} } = asked.change;
      const preview = {
        count: touched.length + refused.length,
        state: 'state',
        checked: touched.length + refused.length,
        changed: touched.length,
        unchanged: 0,
        refused: refused.length,
        changes:
          asked.change.kind === 'delete'
            ? []
            : touched.map(({ identifier, title, properties: before }) => ({
                identifier,
                title,
                changes: Object.entries(properties).map(([key, after]) => ({ key, before: before[key], after })),
              })),
        refusals: refused.map(refusal),
        ...(asked.change.kind === 'edit' ? {} : { deletion: { deleted: [], released: [], complete: true } }),
      };
      return ok({ preview });
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/blueprints/:bp/bulk-changes'),
    handle: ({ params, body }) => {
      const asked = body as unknown as Bulk;
      const all = scoped(params[0], asked);
      const refused = all.length > 2 ? all.slice(-1) : [];
      const id = `bulk_${changes.size + 1}`;
      const [total, failed] = [all.length, refused.length];
      const counts = { total, done: total - failed, unchanged: 0, failed };
      const answer = {
        change: { id, status: 'completed', change: asked.change, ...counts, message: null },
        failures: refused.map(refusal),
      };
      changes.set(id, answer);
      return ok(answer, refused.length > 0 ? 207 : 200);
    },
  },
  {
    method: 'GET',
    pattern: at('/api/v1/bulk-changes/:id'),
    handle: ({ params }) => {
      const answer = changes.get(params[0] ?? '');
      if (answer === undefined) throw new Refusal(404, 'not_found', 'There is no such change');
      return ok(answer);
    },
  },
];

const refusal = ({ identifier }: Entity) => ({
  identifier,
  statusCode: 403,
  error: 'forbidden',
  message: 'You need permission to change entities of this blueprint.',
});

const groupRoute: Route = {
  method: 'POST',
  pattern: at('/api/v1/blueprints/:bp/groups'),
  handle: ({ params, body }) => {
    const found = of(params[0]).filter((entity) => matches(entity, body));
    const groups = Map.groupBy(found, (entity) => JSON.stringify(groupedBy(entity, body['by'])));
    const listed = [...groups].map(([value, members]) => ({ value: JSON.parse(value) as Json, count: members.length }));
    const sorted = listed.toSorted((left, right) =>
      JSON.stringify(left.value) < JSON.stringify(right.value) ? -1 : 1,
    );
    return ok({ count: found.length, total: sorted.length, groups: sorted });
  },
};

/** Groups, kept views and changes of many rows. */
export const savedTableRoutes: readonly Route[] = [groupRoute, ...viewRoutes, ...bulkRoutes];
