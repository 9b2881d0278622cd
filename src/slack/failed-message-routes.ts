import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { failedMessages } from './failed-message-queries.ts';
import { resendMessage } from './resend-message.ts';

const tag = 'Slack';
const path = '/api/v1/integrations/slack/messages';
const shown = 100;
const body = Type.Object(
  {
    approvalId: Type.String({ minLength: 1, maxLength: 100 }),
    place: Type.String({ maxLength: 200 }),
    kind: Type.String({ minLength: 1, maxLength: 50 }),
  },
  { additionalProperties: false },
);

/** What did not arrive in Slack, and sending it again. */
export function failedMessageRoutes({ db }: Core): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      summary: 'Messages about approvals that did not arrive in Slack, and why',
      tag,
      access: 'known',
      statuses: [403],
      handle: async ({ actor }) => {
        authorize(actor, 'organisation.manage');
        return ok({ messages: await failedMessages(db, actor.orgId, shown) });
      },
    }),
    route({
      method: 'POST',
      path: `${path}/resend`,
      summary: 'Send a message again that did not arrive in Slack',
      tag,
      access: 'known',
      request: { body },
      statuses: [403, 404],
      handle: async ({ body: message, execute }) => {
        await execute(resendMessage, message);
        return ok({});
      },
    }),
  ];
}
