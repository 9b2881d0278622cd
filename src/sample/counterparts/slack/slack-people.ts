import type { SlackDesk } from './slack-desk.ts';
import { slackApp, slackTeamId } from './slack-emulator.ts';

export interface InteractionAnswer {
  readonly status: number;
  readonly body: string;
  /** From sending to the whole answer. Slack gives up after 3,000. */
  readonly milliseconds: number;
}

export interface ResponseTicket {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly until: number;
  uses: number;
}

export const formType = 'application/x-www-form-urlencoded';

export async function personPart(
  desk: SlackDesk,
  person: { id: string; name: string },
): Promise<Record<string, unknown>> {
  const trigger = await desk.emulator.call('bot', 'views.generateTriggerId', { user_id: person.id });
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: slackTeamId },
    team: { id: slackTeamId, domain: 'quayside-sample' },
    api_app_id: slackApp.id,
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: trigger['trigger_id'],
  };
}

export async function findPerson(desk: SlackDesk, nameOrId: string): Promise<{ id: string; name: string }> {
  const people = [...desk.newcomers.values(), ...(await desk.view.users())];
  const person = people.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (!person) throw new Error(`Nobody in the workspace is called ${nameOrId}`);
  return person;
}
