import { type Problem, problem } from '#platform/problem.ts';
import type { SlackConnection, SlackWorkspace } from './connection.ts';
import { slackErrorMessage } from './slack-errors.ts';
import type { SlackHttp } from './slack-http.ts';
import { callSlack, textOf } from './web-api-client.ts';

/** Asks Slack whose token it is and what it may do. Throws a problem that names the field and says what to do. */
export async function checkConnection(
  http: SlackHttp,
  { botToken, apiUrl }: Pick<SlackConnection, 'botToken' | 'apiUrl'>,
): Promise<SlackWorkspace | null> {
  if (botToken === null) return null;
  const answer = await callSlack(http, { token: botToken, apiUrl }, 'auth.test');
  if (!answer.ok) throw refusal(answer);
  const { json, scopes } = answer;
  return {
    teamId: textOf(json['team_id']),
    team: textOf(json['team']),
    url: textOf(json['url']),
    botUserId: textOf(json['user_id']),
    botName: textOf(json['user']),
    scopes,
  };
}

function refusal(answer: {
  readonly error: string;
  readonly reason?: string;
  readonly retryAfterMs?: number;
}): Problem {
  if (answer.reason !== undefined || answer.error.startsWith('http_5')) {
    const why = answer.reason ?? answer.error;
    return problem('unavailable', 'slack_unreachable', `Slack could not be asked, so nothing was saved: ${why}.`);
  }
  if (answer.retryAfterMs !== undefined) {
    const retryAfterSeconds = Math.ceil(answer.retryAfterMs / 1000);
    return problem('limited', 'slack_limited', 'Slack asks to wait before it answers again.', { retryAfterSeconds });
  }
  return problem('invalid', 'slack_refused', slackErrorMessage(answer.error), {
    field: 'botToken',
    slackError: answer.error,
  });
}
