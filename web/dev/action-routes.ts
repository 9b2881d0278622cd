import type { Action, UserInputs } from '../src/api/wire.ts';
import { firstPermissions } from '../src/actions/editor/permissions.ts';
import type { LiveForm } from '../src/actions/live-form.ts';
import { actions } from './data/actions.ts';
import { at, Refusal, type Route } from './reply.ts';

const versions = new Map<string, number>();
const permissions = new Map<string, object>();

const versionOf = (identifier: string): string => `"${versions.get(identifier) ?? 1}"`;

function found(identifier: string | undefined): Action {
  const action = actions.find((one) => one.identifier === identifier);
  if (action === undefined) throw new Refusal(404, 'not_found', `Action with identifier "${identifier}" was not found`);
  return action;
}

/** The server refuses far more; this is enough to see a refusal at its field. */
function checked(body: Record<string, unknown>): Action {
  const method = body['invocationMethod'] as Record<string, unknown> | undefined;
  if (method?.['url'] === 'nonsense')
    throw new Refusal(422, 'invalid_request', 'invocationMethod.url is not an address.', {
      field: 'invocationMethod.url',
    });
  return body as unknown as Action;
}

/** The one kind of expression that this server understands: an input that has a value. */
function isMet(query: unknown, values: Readonly<Record<string, unknown>>): boolean {
  const text = typeof query === 'object' && query !== null ? (query as { jqQuery?: string }).jqQuery : undefined;
  const [, name = '', value] = /^\.form\.(\w+) == "(\w+)"$/.exec(text ?? '') ?? [];
  return value === undefined || values[name] === value;
}

const formOf = ({ properties = {}, required, steps = [] }: UserInputs, values: object = {}): LiveForm => ({
  inputs: Object.fromEntries(
    Object.entries(properties).map(([key, input]) => {
      const visible = isMet(input.visible, { ...values });
      const isRequired = visible && Array.isArray(required) && required.includes(key);
      return [key, { visible, required: isRequired, disabled: false, problems: [] }];
    }),
  ),
  titles: {},
  steps: steps.map(() => ({ visible: true })),
  problems: [],
});

/** Reading and writing single actions, with versions as the server has them. */
export const actionRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: at('/api/v1/offered-actions'),
    handle: ({ query }) => {
      const blueprint = query.get('blueprint');
      const offered = actions.filter(
        ({ publish, trigger }) =>
          publish !== false &&
          (blueprint === null || (trigger.blueprintIdentifier === blueprint && trigger.operation !== 'CREATE')),
      );
      return { body: { actions: offered } };
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/actions/:id/permission-check'),
    handle: ({ params }) => {
      found(params[0]);
      return { body: { permission: { allowed: false, reason: 'No one of these covers you.', policy: null } } };
    },
  },
  {
    method: 'GET',
    pattern: at('/v1/actions/:id'),
    handle: ({ params, response }) => {
      const action = found(params[0]);
      response.setHeader('etag', versionOf(action.identifier));
      return { body: { action } };
    },
  },
  {
    method: 'POST',
    pattern: at('/v1/actions'),
    handle: ({ body }) => {
      const action = checked(body);
      if (actions.some((one) => one.identifier === action.identifier))
        throw new Refusal(409, 'identifier_taken', `An action with identifier "${action.identifier}" already exists.`, {
          resource: 'action',
          byField: 'identifier',
        });
      actions.push(action);
      return { body: { action } };
    },
  },
  {
    method: 'PUT',
    pattern: at('/v1/actions/:id'),
    handle: ({ params, body, request, response }) => {
      const before = found(params[0]);
      if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== versionOf(before.identifier))
        throw new Refusal(412, 'stale_version', `Action "${before.identifier}" was changed meanwhile.`);
      const action = checked(body);
      actions[actions.indexOf(before)] = action;
      versions.set(action.identifier, (versions.get(before.identifier) ?? 1) + 1);
      response.setHeader('etag', versionOf(action.identifier));
      return { body: { action } };
    },
  },
  {
    method: 'DELETE',
    pattern: at('/v1/actions/:id'),
    handle: ({ params }) => {
      actions.splice(actions.indexOf(found(params[0])), 1);
      return { body: {} };
    },
  },
  {
    method: 'GET',
    pattern: at('/v1/actions/:id/permissions'),
    handle: ({ params }) => ({
      body: { permissions: permissions.get(found(params[0]).identifier) ?? firstPermissions },
    }),
  },
  {
    method: 'PATCH',
    pattern: at('/v1/actions/:id/permissions'),
    handle: ({ params, body }) => {
      permissions.set(found(params[0]).identifier, body);
      return { body: { permissions: body } };
    },
  },
  {
    method: 'POST',
    pattern: at('/api/v1/actions/:id/form'),
    handle: ({ params, body }) => ({
      body: { form: formOf(found(params[0]).trigger.userInputs ?? {}, body['properties'] as object) },
    }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/action-previews/form'),
    handle: ({ body }) => ({ body: { form: formOf(body['userInputs'] as UserInputs) } }),
  },
  {
    method: 'POST',
    pattern: at('/api/v1/action-previews/request'),
    handle: ({ body }) => ({
      body: {
        preview: {
          rendered: body['invocationMethod'],
          problems: [
            { path: '$.body.example', expression: '.inputs.x | error', message: 'it failed over this example' },
          ],
        },
      },
    }),
  },
];
