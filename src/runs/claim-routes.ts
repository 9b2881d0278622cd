import { Type } from 'typebox';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { SealedInvocation } from './backend.ts';
import { acknowledgeRuns, type ClaimedRun, claimRuns, recordResponse } from './claim-runs.ts';
import { runParams } from './contract.ts';
import { invocationName } from './create-run.ts';
import { createHideRunSecrets } from './hide-run-secrets.ts';
import { inVersion, toWireRun } from './run.ts';
import { getRun } from './run-queries.ts';

const tag = 'Action runs';
const defaultVisibilityMs = 90_000;
const runId = Type.String({ minLength: 1, maxLength: 100 });
const runIds = Type.Array(runId, { minItems: 1, maxItems: 1_000 });

/** Extra keys are let through: agents differ in what they say of themselves. */
const claimBody = Type.Object({
  installationId: Type.String({ minLength: 1, maxLength: 1_000 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  visibilityTimeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_600_000 })),
  invocationMethod: Type.Optional(Type.String({ maxLength: 100 })),
  exclude: Type.Optional(Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 1_000 })),
});

/** Doors for agents that fetch what they are to do instead of being called. */
export function claimRoutes(core: Core, secrets: SecretBox): readonly Route[] {
  const hide = createHideRunSecrets(secrets);
  return [
    route({
      method: 'POST',
      path: '/v1/actions/runs/claim-pending',
      summary: 'Fetch runs that wait for an agent; they are offered again unless acknowledged in time',
      tag,
      access: 'known',
      request: { body: claimBody },
      statuses: [403, 422],
      handle: async ({ actor, body, execute }) => {
        const claimed = await execute(claimRuns, {
          installationId: body.installationId,
          limit: body.limit ?? 1,
          visibilityMs: body.visibilityTimeoutMs ?? defaultVisibilityMs,
          backendType: body.invocationMethod ?? null,
          exclude: body.exclude ?? [],
        });
        const runs = claimed.map(async (one) => ({
          ...toWireRun(await getRun(core.db, actor, one.run.id)),
          payload: openPayload(secrets, one),
        }));
        return ok({ runs: await Promise.all(runs) });
      },
    }),
    route({
      method: 'PATCH',
      path: '/v1/actions/runs/ack',
      summary: 'Say that fetched runs are being worked on; they are offered to nobody any more',
      tag,
      access: 'known',
      request: {
        body: Type.Union([Type.Object({ runId }), Type.Object({ runIds })]),
      },
      statuses: [403, 404, 409, 422],
      handle: async ({ body, execute }) => {
        const ids = 'runIds' in body ? body.runIds : [body.runId];
        const ackedCount = await execute(acknowledgeRuns, { ids });
        return ok('runIds' in body ? { ackedCount } : {});
      },
    }),
    route({
      method: 'PATCH',
      path: '/v1/actions/runs/:run/response',
      summary: "Keep what the other side answered to an agent's call",
      tag,
      access: 'known',
      request: { params: runParams, body: Type.Object({ response: Type.Unknown() }, { additionalProperties: false }) },
      statuses: [403, 404, 422],
      handle: async ({ actor, params, body, execute }) => {
        await execute(recordResponse(hide), { id: params.run, response: body.response });
        return ok({ run: inVersion(await getRun(core.db, actor, params.run), 'v2') });
      },
    }),
  ];
}

/** Whole, secrets included: the agent is who sends it. */
function openPayload(secrets: SecretBox, { run, sealedInvocation }: ClaimedRun): unknown {
  if (sealedInvocation === null) return run.payload;
  const text = secrets.open(sealedInvocation, { orgId: run.org_id, name: invocationName(run.id) });
  return (JSON.parse(text) as SealedInvocation).invocation;
}
