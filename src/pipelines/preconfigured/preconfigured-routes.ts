import { Type } from 'typebox';
import { authorize, may } from '#access/permissions.ts';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { notFound, problem } from '#platform/problem.ts';
import { checkStage } from '../check-pipeline.ts';
import type { PipelineRouteParts } from '../check-document.ts';
import { translateText } from '../expression-rules.ts';
import { plain } from '../gate-view.ts';
import { findPreconfigured, preconfiguredOf } from './preconfigured-queries.ts';
import {
  asWebhookStage,
  checkDefinition,
  mayUse,
  type PreconfiguredWebhook,
  toGateDefinition,
  toWireDefinition,
} from './preconfigured-webhook.ts';
import { deletePreconfigured, savePreconfigured } from './save-preconfigured.ts';

const tag = 'Pipelines';
const params = Type.Object({ type: Type.String({ maxLength: 100 }) });
const text = Type.Optional(Type.String({ maxLength: 2_000 }));
const body = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 200 }),
    description: text,
    enabled: Type.Optional(Type.Boolean()),
    roles: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 100 })),
    parameters: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ maxLength: 100 }),
            label: text,
            description: text,
            type: text,
            required: Type.Optional(Type.Boolean()),
            order: Type.Optional(Type.Number()),
          },
          { additionalProperties: true },
        ),
        { maxItems: 50 },
      ),
    ),
  },
  { additionalProperties: true },
);

/** Stage types that administrators make of webhooks. */
export function preconfiguredRoutes(parts: PipelineRouteParts): readonly Route[] {
  const { db } = parts;
  return [
    route({
      method: 'GET',
      path: '/gate/webhooks/preconfigured',
      summary: 'Stage types made of webhooks that the caller may use',
      tag: 'Gate',
      access: 'known',
      handle: async ({ actor }) => {
        const rows = await preconfiguredOf(db, actor.orgId);
        const usable = rows.filter(({ document }) => document.enabled !== false && mayUse(actor, document));
        return plain(usable.map(toGateDefinition));
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/preconfigured-webhooks',
      summary: 'Stage types made of webhooks; where they call is told only to who may change them',
      tag,
      access: 'known',
      handle: async ({ actor }) => {
        const shown = may(actor, 'pipeline.write') ? toWireDefinition : toGateDefinition;
        const rows = await preconfiguredOf(db, actor.orgId);
        return ok({ preconfiguredWebhooks: rows.filter(({ document }) => mayUse(actor, document)).map(shown) });
      },
    }),
    route({
      method: 'PUT',
      path: '/api/v1/preconfigured-webhooks/:type',
      summary: 'Make a stage type of a webhook, or change it',
      tag,
      access: 'known',
      request: { params, body },
      statuses: [412, 422],
      handle: async ({ actor, params: { type }, body: given, expectedVersion, execute }) => {
        authorize(actor, 'pipeline.write');
        const document = translated(given) as PreconfiguredWebhook;
        await assertDefinition(parts, type, document);
        const row = await execute(savePreconfigured, { type, document, expectedVersion });
        return ok({ preconfiguredWebhook: toWireDefinition(row) }, etag(row.version));
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/preconfigured-webhooks/:type',
      summary: 'Remove a stage type; stages of it fail from then on',
      tag,
      access: 'known',
      request: { params },
      statuses: [404, 412],
      handle: async ({ actor, params: { type }, expectedVersion, execute }) => {
        authorize(actor, 'pipeline.write');
        if ((await findPreconfigured(db, actor.orgId, type)) === null) throw notFound('preconfiguredWebhook', type);
        await execute(deletePreconfigured, { type, expectedVersion });
        return ok({});
      },
    }),
  ];
}

async function assertDefinition(
  { kinds, jq }: PipelineRouteParts,
  type: string,
  document: PreconfiguredWebhook,
): Promise<void> {
  const taken = kinds.has(type) ? [{ field: 'type', message: `Stages of type "${type}" are built in.` }] : [];
  const stage = asWebhookStage({ refId: '1', requisiteStageRefIds: [], type, name: document.label }, document);
  const problems = [...taken, ...checkDefinition(type, document), ...(await checkStage(stage, { kinds, jq }))];
  const [first] = problems;
  if (first === undefined) return;
  throw problem('invalid', 'invalid_stage_type', `${first.field}: ${first.message}`, { field: first.field, problems });
}

/** Expressions of Spinnaker, in every text. */
function translated(value: unknown): unknown {
  if (typeof value === 'string') return translateText(value).text;
  if (Array.isArray(value)) return (value as unknown[]).map(translated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, translated(item)]));
}
