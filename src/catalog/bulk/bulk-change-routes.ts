import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Actor, Origin } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { ok, type Reply, route, type Route } from '#platform/http/route.ts';
import type { EntityParts } from '../apply-changes.ts';
import { BlueprintPath } from '../contract.ts';
import { getBulk, listFailures } from './bulk-change-queries.ts';
import { BulkBody, PreviewBody, statusOfBulk, toWireBulk } from './bulk-change-rules.ts';
import { cancelBulk } from './cancel-bulk.ts';
import { previewBulk } from './preview-bulk.ts';
import { runBulk } from './run-bulk.ts';
import { retryBulk, startBulk } from './start-bulk.ts';

const tag = 'Bulk changes';
const one = '/api/v1/bulk-changes/:change';
const ChangePath = Type.Object({ change: Type.String({ minLength: 1, maxLength: 100 }) });
const FailuresQuery = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 1_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});
const defaultLimit = 100;
/** Small ones are done when the answer comes; the rest of a large one goes on behind it. */
const patienceMs = 1_500;
const statuses = [202, 207];

interface Calling {
  readonly actor: Actor;
  readonly origin: Origin;
  readonly requestId: string;
}

/** One edit or one deletion of many entities: looked at before, done in batches, with what was refused and why. */
export function bulkChangeRoutes(core: Core, parts: EntityParts): readonly Route[] {
  return [previewRoute(core, parts), ...beginnings(core, parts), ...reads(core), cancellation()];
}

function previewRoute(core: Core, parts: EntityParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/blueprints/:blueprint/bulk-previews',
    summary: 'What an edit or deletion of many entities would do, without doing it',
    tag,
    access: 'known',
    request: { params: BlueprintPath, body: PreviewBody },
    async handle({ actor, origin, requestId, params, body }) {
      authorize(actor, 'catalog.read');
      const caller = { actor, origin, requestId };
      return ok({ preview: await previewBulk(core, parts, { caller, blueprint: params.blueprint, ...body }) });
    },
  });
}

function beginnings(core: Core, parts: EntityParts): readonly Route[] {
  const start = startBulk(parts.blueprints);
  const retry = retryBulk(parts.blueprints);
  const worked = async (calling: Calling, id: string): Promise<Reply> => {
    await runBulk(core, parts, { ...calling, id, untilMs: patienceMs });
    return answer(core, calling.actor, id);
  };
  return [
    route({
      method: 'POST',
      path: '/api/v1/blueprints/:blueprint/bulk-changes',
      summary: 'Edit or delete many entities; 202 while it goes on, 207 where some were refused',
      tag,
      access: 'known',
      request: { params: BlueprintPath, body: BulkBody },
      statuses,
      async handle({ actor, origin, requestId, params, body, execute }) {
        const { scope, change, state = null } = body;
        const { id } = await execute(start, { blueprint: params.blueprint, scope, change, state });
        return worked({ actor, origin, requestId }, id);
      },
    }),
    route({
      method: 'POST',
      path: `${one}/retries`,
      summary: 'Do a bulk change again for the entities that were refused',
      tag,
      access: 'known',
      request: { params: ChangePath },
      statuses,
      async handle({ actor, origin, requestId, params, execute }) {
        const { id } = await execute(retry, { id: params.change });
        return worked({ actor, origin, requestId }, id);
      },
    }),
  ];
}

function reads(core: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: one,
      summary: 'How far a bulk change is, and the first entities that were refused',
      tag,
      access: 'known',
      request: { params: ChangePath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        return { ...(await answer(core, actor, params.change)), status: 200 };
      },
    }),
    route({
      method: 'GET',
      path: `${one}/failures`,
      summary: 'The entities that a bulk change could not change, with the reason',
      tag,
      access: 'known',
      request: { params: ChangePath, query: FailuresQuery },
      async handle({ actor, params, query }) {
        authorize(actor, 'catalog.read');
        const { id } = await getBulk(core.db, actor, params.change);
        const page = { after: query.after ?? null, limit: query.limit ?? defaultLimit };
        return ok({ failures: await listFailures(core.db, actor, id, page) });
      },
    }),
  ];
}

function cancellation(): Route {
  return route({
    method: 'POST',
    path: `${one}/cancellation`,
    summary: 'Stop a bulk change after its batch; what was done stays',
    tag,
    access: 'known',
    request: { params: ChangePath },
    async handle({ params, execute }) {
      return ok({ change: toWireBulk(await execute(cancelBulk, { id: params.change })) });
    },
  });
}

async function answer({ db }: Core, actor: Actor, id: string): Promise<Reply> {
  const change = await getBulk(db, actor, id);
  const failures = change.failed === 0 ? [] : await listFailures(db, actor, id, { after: null, limit: defaultLimit });
  return { status: statusOfBulk(change), body: { ok: true, change: toWireBulk(change), failures } };
}
