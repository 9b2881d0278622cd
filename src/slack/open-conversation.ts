import { isJsonObject } from '#platform/json.ts';
import type { SlackHttp } from './slack-http.ts';
import { callSlack, type SlackAccount, textOf } from './web-api-client.ts';

/** The direct conversation with somebody; without the scope for it, Slack takes their own id. */
export async function openConversation(http: SlackHttp, account: SlackAccount, slackUserId: string): Promise<string> {
  const answer = await callSlack(http, account, 'conversations.open', { users: slackUserId });
  const channel = answer.ok ? answer.json['channel'] : null;
  const id = isJsonObject(channel) ? textOf(channel['id']) : '';
  return id === '' ? slackUserId : id;
}
