import { authorize } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { Static } from 'typebox';
import type { ActionDocument, ActionRow } from './action.ts';
import { formEntity } from './check-inputs.ts';
import { checkForm } from './check-action.ts';
import { methodPreviewBody } from './contract.ts';
import type { ExecuteParts } from './execute-action.ts';
import { renderMethod } from './render-method.ts';

/** What an action would send, before it is saved. */
export function previewRoutes(parts: ExecuteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/action-previews/request',
      summary: 'An invocation method rendered over an entity and inputs, secrets masked',
      tag: 'Actions',
      access: 'known',
      request: { body: methodPreviewBody },
      statuses: [403, 404, 422],
      handle: async ({ actor, body }) => {
        authorize(actor, 'action.write');
        await checkForm(parts.jq, actor, body.trigger.userInputs);
        const action = unsavedAction(actor, body, parts.clock.now());
        const entity = await formEntity(parts, actor, action.blueprint, body.entity);
        return ok({ preview: await renderMethod(parts, { actor, action, given: body.properties ?? {}, entity }) });
      },
    }),
  ];
}

function unsavedAction(actor: Actor, body: Static<typeof methodPreviewBody>, now: Date): ActionRow {
  const { trigger } = body;
  const identifier = body.identifier ?? 'unsaved';
  const document = {
    identifier,
    trigger: {
      type: 'self-service',
      ...trigger,
      operation: trigger.operation ?? 'CREATE',
      userInputs: { ...trigger.userInputs, properties: trigger.userInputs?.properties ?? {} },
    },
    invocationMethod: body.invocationMethod,
  } as unknown as ActionDocument;
  return {
    org_id: actor.orgId,
    identifier,
    id: 'action_0000000000000000',
    blueprint: trigger.blueprintIdentifier ?? null,
    legacy_identifier: identifier,
    shape: 2,
    document,
    version: 1,
    created_at: now,
    created_by: actor.id,
    updated_at: now,
    updated_by: actor.id,
  };
}
