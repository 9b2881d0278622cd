import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { newId } from '#platform/ids.ts';
import { problem } from '#platform/problem.ts';
import { ScorecardPath } from '#scorecards/contract.ts';
import { channelName, composeReminder, type ReminderParts, reminderTransport, sendReminder } from './send-reminder.ts';

const tag = 'Scorecards';
const path = '/api/v1/scorecards/:blueprint/:scorecard/reminder';
const Body = Type.Object(
  { channel: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
);

export function reminderRoutes(parts: ReminderParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${path}/preview`,
      summary: 'The reminder of a scorecard as it would be sent now',
      tag,
      access: 'known',
      request: { params: ScorecardPath },
      async handle({ actor, params }) {
        authorize(actor, 'catalog.read');
        const { messages, unmetCount } = await composeReminder(parts, actor, params);
        const transport = await reminderTransport(parts, actor.orgId, undefined);
        const channel = typeof transport === 'string' ? {} : { channel: channelName(transport) };
        return ok({ messages, remindedEntities: unmetCount, ...channel });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Send the reminder of a scorecard to Slack now',
      tag,
      access: 'known',
      request: { params: ScorecardPath, body: Body },
      statuses: [403, 404, 422, 503],
      async handle({ actor, params, body }) {
        authorize(actor, 'scorecard.remind', { blueprint: params.blueprint });
        const key = newId('reminder');
        const result = await sendReminder(parts, {
          actor,
          ...params,
          channel: body.channel,
          key,
          earlierAttemptAt: null,
        });
        const { outcome, channel, messages, entities, summary } = result;
        if (outcome === 'sent' || outcome === 'needless') return ok({ posted: { channel, messages, entities } });
        // Refused before anything was posted: Slack is not set up, or says no. That is for a person to put right.
        const kind = outcome === 'refused' && messages === 0 ? 'invalid' : 'unavailable';
        throw problem(kind, `reminder_${outcome}`, summary, { channel, messages, entities });
      },
    }),
  ];
}
