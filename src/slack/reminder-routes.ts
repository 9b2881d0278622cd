import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { problem } from '#platform/problem.ts';
import { toWireRun } from '#runs/run.ts';
import { getRun } from '#runs/run-queries.ts';
import { ScorecardPath } from '#scorecards/contract.ts';
import { getScorecard } from '#scorecards/scorecard-queries.ts';
import { channelName, composeReminder, type ReminderParts, reminderTransport } from './send-reminder.ts';
import { reminderRun, startReminder } from './start-reminder.ts';

const tag = 'Scorecards';
const path = '/api/v1/scorecards/:blueprint/:scorecard/reminder';
const Body = Type.Object(
  { channel: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
);

export interface ReminderRouteParts extends ReminderParts {
  readonly secrets: SecretBox;
}

export function reminderRoutes(parts: ReminderRouteParts): readonly Route[] {
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
      summary: 'Send the reminder of a scorecard to Slack now; the run that is answered says what became of it',
      tag,
      access: 'known',
      request: { params: ScorecardPath, body: Body },
      statuses: [202, 403, 404, 422],
      async handle({ actor, origin, params, body, execute }) {
        authorize(actor, 'scorecard.remind', { blueprint: params.blueprint });
        const { document } = await getScorecard(parts.db, actor.orgId, params.blueprint, params.scorecard);
        const transport = await reminderTransport(parts, actor.orgId, body.channel);
        if (typeof transport === 'string') throw problem('invalid', 'reminder_refused', transport);
        const wanted = { orgId: actor.orgId, ...params, title: document.title, channel: body.channel, origin };
        const run = reminderRun(parts.secrets, wanted);
        const created = await execute(startReminder, { run, blueprint: params.blueprint });
        return { status: 202, body: { ok: true, run: toWireRun(await getRun(parts.db, actor, created.id)) } };
      },
    }),
  ];
}
