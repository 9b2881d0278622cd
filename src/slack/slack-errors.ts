/** What to do about each refusal of Slack that a person can act on. The keys are Slack's own codes. */
const advice: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack does not know this channel. Check its name, and invite the app to it when it is private.',
  not_in_channel: 'The Slack app is not in this channel. Invite it there: /invite followed by @ and the app’s name.',
  is_archived: 'This Slack channel is archived. Choose another channel or unarchive it.',
  channel_is_archived: 'The channel of this incoming webhook is archived. Create a webhook for another channel.',
  invalid_auth: 'Slack does not accept the bot token. Copy the Bot User OAuth Token (xoxb-…) of the app again.',
  not_authed: 'No bot token reached Slack. Set the Bot User OAuth Token (xoxb-…) of the app.',
  token_revoked: 'The bot token was revoked. Install the Slack app again and set its new token.',
  token_expired: 'The bot token has expired. Install the Slack app again and set its new token.',
  account_inactive: 'The Slack app was removed from the workspace. Install it again and set its new token.',
  missing_scope:
    'The Slack app lacks a permission. Add the scope it names under OAuth & Permissions and reinstall the app.',
  msg_too_long: 'The message is too long for Slack. Remind fewer entities at once, for example with a filter.',
  msg_blocks_too_long: 'The message is too long for Slack. Remind fewer entities at once, for example with a filter.',
  ratelimited: 'Slack asks to send more slowly.',
  no_service:
    'This incoming webhook no longer exists or is disabled. Create a new one in the Slack app and set its address.',
  no_active_hooks: 'This incoming webhook is disabled. Create a new one in the Slack app and set its address.',
  no_team: 'The workspace of this incoming webhook no longer exists. Create a webhook in a current workspace.',
  invalid_token: 'The address of the incoming webhook is not valid. Copy it again from the Slack app.',
  user_not_found: 'The person this incoming webhook wrote to no longer exists. Create a new webhook.',
  action_prohibited: 'A workspace administrator does not allow this incoming webhook to post. Ask them to permit it.',
  message_not_found: 'The message was deleted in Slack. Resend posts it anew.',
  cant_update_message: 'Slack does not let the app change this message.',
  edit_window_closed: 'Slack does not let the app change this message any more.',
  restricted_action: 'A workspace setting does not let the app post in this channel. Ask a workspace administrator.',
  posting_to_general_channel_denied:
    'Only some people may post in this channel. Choose another, or ask an administrator.',
  invalid_blocks: 'Slack could not read the message. Please report this together with the scorecard’s name.',
  invalid_payload: 'Slack could not read the message. Please report this together with the scorecard’s name.',
  no_text: 'Slack found no text in the message. Please report this together with the scorecard’s name.',
  redirected: 'The address answered with a redirect, which is not followed. Set the address it leads to.',
};

/** Slack may have done something before saying these, so they do not mean that nothing was posted. */
const UNDECIDED = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable', 'rollup_error']);

export function isUndecided(code: string): boolean {
  return UNDECIDED.has(code);
}

/** Whether the same may be taken later. */
export function isPassing(code: string): boolean {
  return code === 'ratelimited' || code === 'unreachable' || code === 'no_answer' || code.startsWith('http_5');
}

/** Slack's code in a sentence that says what to do; `where` names the channel when one was given. */
export function slackErrorMessage(code: string, where?: string): string {
  const what = advice[code] ?? 'Slack refused the message. Its error code says why.';
  return `${what} (${where === undefined ? '' : `channel ${where}, `}${code})`;
}

/** The code that a sentence of `slackErrorMessage` ends with, where it is one that people can be told more about. */
export function codeIn(message: string): string | null {
  const code = /\((?:channel .*, )?([a-z_]+)\)/.exec(message)?.[1];
  return code !== undefined && Object.hasOwn(advice, code) ? code : null;
}

/** A code as Slack writes them, or a stand-in: free text of an answer never reaches a log or a person. */
export function slackErrorCode(text: unknown, status: number): string {
  const code = typeof text === 'string' ? text.trim() : '';
  if (code === 'rate_limited') return 'ratelimited';
  return /^[a-z][a-z_]{2,63}$/.test(code) ? code : `http_${status}`;
}
