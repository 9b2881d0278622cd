import { createHmac, randomBytes } from 'node:crypto';

export interface SlackSending {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly signature?: string | null;
  readonly contentType?: string;
}

export interface SlackReception {
  readonly status: number;
  readonly body: string;
}

/** Sends requests as Slack does: signed over the very bytes of the body. */
export interface SlackSender {
  send(body: string, options?: SlackSending): Promise<SlackReception>;
  /** As the form that interactions come in. */
  interact(payload: object, options?: SlackSending): Promise<SlackReception>;
}

export function slackSender(url: string, signingSecret: string): SlackSender {
  const send: SlackSender['send'] = async (body, options = {}) => {
    const timestamp = options.timestamp ?? String(Math.floor(Date.now() / 1000));
    const hmac = createHmac('sha256', options.secret ?? signingSecret).update(`v0:${timestamp}:${body}`);
    const signature = options.signature === undefined ? `v0=${hmac.digest('hex')}` : options.signature;
    const response = await fetch(`${url}/notifications/callbacks/slack`, {
      method: 'POST',
      headers: {
        'content-type': options.contentType ?? 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        ...(signature === null ? {} : { 'x-slack-signature': signature }),
      },
      body,
    });
    return { status: response.status, body: await response.text() };
  };
  return {
    send,
    interact: async (payload, options) =>
      send(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), options),
  };
}

/** A click on a button, as Slack tells it. */
export function blockActions(given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'block_actions',
    user: { id: 'U1', username: 'someone', name: 'someone', team_id: 'T000000001' },
    team: { id: 'T000000001', domain: 'test' },
    api_app_id: 'A0QUAYSIDE',
    container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C1', is_ephemeral: false },
    channel: { id: 'C1', name: 'general' },
    trigger_id: randomBytes(6).toString('hex'),
    response_url: 'https://hooks.slack.com/actions/T000000001/1/x',
    actions: [
      {
        type: 'button',
        action_id: 'other',
        block_id: 'b',
        value: 'v',
        action_ts: `${Date.now()}.${randomBytes(3).toString('hex')}`,
      },
    ],
    state: { values: {} },
    ...given,
  };
}
