import { Type } from 'typebox';
import { authorize, may } from '#access/permissions.ts';
import { getApproval } from '#approvals/approval-queries.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { failedMessages, undeliveredOf } from './failed-message-queries.ts';
import { mayResend, resendFromApproval, resendMessage } from './resend-message.ts';

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
    ...approvalRoutes(db),
  ];
}

const ofApproval = '/api/v1/approvals/:approval/slack-messages';
const params = Type.Object({ approval: Type.String({ maxLength: 100 }) });
const messageParams = Type.Object({
  approval: Type.String({ maxLength: 100 }),
  message: Type.String({ minLength: 1, maxLength: 50 }),
});

/** The same for one approval, for those it concerns. */
function approvalRoutes(db: Core['db']): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: ofApproval,
      summary: 'Messages about an approval that did not arrive in Slack: where, why and since when',
      tag,
      access: 'known',
      request: { params },
      statuses: [404],
      handle: async ({ actor, params: { approval: id } }) => {
        const approval = await getApproval(db, actor, id);
        const messages = await undeliveredOf(db, approval, may(actor, 'organisation.manage'));
        return ok({ messages, mayResend: messages.length > 0 && (await mayResend(db, actor, approval)) });
      },
    }),
    route({
      method: 'POST',
      path: `${ofApproval}/:message/resend`,
      summary: 'Send one of them again; what may have arrived after all is looked for first',
      tag,
      access: 'known',
      request: { params: messageParams },
      statuses: [403, 404],
      handle: async ({ params: { approval: approvalId, message }, execute }) => {
        await execute(resendFromApproval, { approvalId, message });
        return ok({});
      },
    }),
  ];
}
