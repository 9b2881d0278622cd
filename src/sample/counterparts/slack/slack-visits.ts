import { randomBytes } from 'node:crypto';
import { text } from './slack-channel-view.ts';
import type { SlackDesk } from './slack-desk.ts';
import { slackApp, slackTeamId } from './slack-emulator.ts';
import { findPerson, formType, type InteractionAnswer, personPart, type ResponseTicket } from './slack-people.ts';

export interface SlackViewClick {
  readonly viewId: string;
  readonly user: string;
  readonly action: Readonly<Record<string, unknown>>;
  readonly values?: Record<string, unknown>;
}

export interface SlackTyping {
  readonly viewId: string;
  readonly user: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly text: string;
  readonly values?: Record<string, unknown>;
}

export interface SlackCommand {
  readonly command?: string;
  readonly text: string;
  readonly user: string;
  readonly channel?: string;
}

/** What people do in forms and home tabs, commands they write, and events Slack tells of. */
export interface SlackVisits {
  /** Presses or chooses something in an open modal or home tab. */
  clickView(click: SlackViewClick): Promise<InteractionAnswer>;
  /** What a select of an open view offers for the text typed so far. */
  suggest(typing: SlackTyping): Promise<InteractionAnswer>;
  /** Writes a slash command. */
  runCommand(command: SlackCommand): Promise<InteractionAnswer>;
  /** Tells the app of an event. */
  sendEvent(
    event: Readonly<Record<string, unknown>>,
    envelope?: Readonly<Record<string, unknown>>,
  ): Promise<InteractionAnswer>;
  /** Submits an open modal with these `state.values`. */
  submitView(submission: {
    viewId: string;
    user: string;
    values?: Record<string, unknown>;
  }): Promise<InteractionAnswer>;
}

export interface SlackPost {
  readonly deliver: (payload: Record<string, unknown>) => Promise<InteractionAnswer>;
  readonly deliverBody: (body: string, contentType: string) => Promise<InteractionAnswer>;
  readonly ticketFor: (place: Omit<ResponseTicket, 'until' | 'uses'>) => string;
}

export function slackVisits(desk: SlackDesk, { deliver, deliverBody, ticketFor }: SlackPost): SlackVisits {
  return {
    async clickView({ viewId, user, action, values = {} }) {
      const view = openView(desk, viewId);
      const person = await findPerson(desk, user);
      return deliver({
        type: 'block_actions',
        ...(await personPart(desk, person)),
        container: { type: 'view', view_id: viewId },
        view: { ...view, state: { values } },
        actions: [{ type: 'button', action_ts: `${Date.now() / 1000}`, ...action }],
      });
    },
    async suggest({ viewId, user, blockId, actionId, text: value, values = {} }) {
      const view = openView(desk, viewId);
      const { trigger_id: _, ...person } = await personPart(desk, await findPerson(desk, user));
      return deliver({
        type: 'block_suggestion',
        ...person,
        container: { type: 'view', view_id: viewId },
        view: { ...view, state: { values } },
        block_id: blockId,
        action_id: actionId,
        value,
      });
    },
    async runCommand({ command = '/quayside', text: words, user, channel = 'general' }) {
      const place = await desk.view.channel(channel);
      if (!place) throw new Error(`Slack has no channel ${channel}`);
      const person = await findPerson(desk, user);
      const { trigger_id: trigger } = await personPart(desk, person);
      const form = {
        command,
        text: words,
        team_id: slackTeamId,
        team_domain: 'quayside-sample',
        channel_id: place.id,
        channel_name: place.name,
        user_id: person.id,
        user_name: person.name,
        api_app_id: slackApp.id,
        is_enterprise_install: 'false',
        response_url: ticketFor({ channel: place.id, ts: '', user: person.id }),
        trigger_id: text(trigger),
      };
      return deliverBody(new URLSearchParams(form).toString(), formType);
    },
    async sendEvent(event, envelope = {}) {
      const body = {
        type: 'event_callback',
        team_id: slackTeamId,
        api_app_id: slackApp.id,
        event_id: `Ev${randomBytes(6).toString('hex')}`,
        event_time: Math.floor(Date.now() / 1000),
        ...envelope,
        event,
      };
      return deliverBody(JSON.stringify(body), 'application/json');
    },
    async submitView({ viewId, user, values = {} }) {
      const view = openView(desk, viewId);
      const person = await findPerson(desk, user);
      return deliver({
        type: 'view_submission',
        ...(await personPart(desk, person)),
        view: { ...view, state: { values } },
        response_urls: [],
      });
    },
  };
}

function openView({ views }: SlackDesk, viewId: string): Record<string, unknown> {
  const view = views.get(viewId);
  if (view === undefined) throw new Error(`No view ${viewId} is open`);
  return view;
}
