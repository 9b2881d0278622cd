import type { Actor } from '#platform/commands/actor.ts';
import type { JsonObject } from '#platform/json.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { UserInputs } from './action.ts';
import { getShownAction } from './action-queries.ts';
import { checkForm } from './check-action.ts';
import { fillForm, formEntity } from './check-inputs.ts';
import { actionParams, formBody, formPreviewBody } from './contract.ts';
import type { ExecuteParts } from './execute-action.ts';
import type { ResolvedForm } from './resolve-form.ts';
import { secretInputs } from './secret-inputs-rules.ts';

const tag = 'Actions';

interface FormState {
  readonly inputs: UserInputs;
  readonly blueprint: string | null;
  readonly given: JsonObject;
  readonly entity: string | null;
}

/** Forms as they stand for what was entered so far: what is shown, needed, offered and filled in. */
export function formRoutes(parts: ExecuteParts): readonly Route[] {
  return [savedForm(parts), unsavedForm(parts)];
}

function savedForm(parts: ExecuteParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/actions/:action/form',
    summary: 'The form of an action as it stands for the inputs so far',
    tag,
    access: 'known',
    request: { params: actionParams, body: formBody },
    statuses: [404, 422],
    handle: async ({ actor, params, body }) => {
      const action = await getShownAction(parts.db, actor, params.action);
      const state = { given: body.properties ?? {}, entity: body.entity ?? null, blueprint: action.blueprint };
      return ok({ form: await resolved(parts, actor, { ...state, inputs: action.document.trigger.userInputs }) });
    },
  });
}

function unsavedForm(parts: ExecuteParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/action-previews/form',
    summary: 'The form of an action that is not saved yet',
    tag,
    access: 'known',
    request: { body: formPreviewBody },
    statuses: [403, 404, 422],
    handle: async ({ actor, body }) => {
      await checkForm(parts.jq, actor, body.userInputs);
      const inputs = { ...body.userInputs, properties: body.userInputs.properties ?? {} };
      const state = { given: body.properties ?? {}, entity: body.entity ?? null };
      return ok({
        form: await resolved(parts, actor, { ...state, inputs, blueprint: body.blueprintIdentifier ?? null }),
      });
    },
  });
}

async function resolved(parts: ExecuteParts, actor: Actor, state: FormState): Promise<ResolvedForm> {
  const { inputs, blueprint, given } = state;
  const entity = await formEntity(parts, actor, blueprint, state.entity);
  const { form } = await fillForm(parts, { actor, inputs, given, entity }, { dropHidden: true });
  // What is secret does not come back.
  const secret = secretInputs(inputs);
  return { ...form, values: Object.fromEntries(Object.entries(form.values).filter(([key]) => !secret.has(key))) };
}
