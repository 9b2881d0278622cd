import type { IncomingWebhookSendArguments } from '@slack/webhook';
import type { ChangeEvent } from './change-event.ts';
import { isEntityChange } from './change-event.ts';

const emoji: Readonly<Record<string, string>> = {
  Healthy: ':white_check_mark:',
  Degraded: ':construction:',
  Crashed: ':octagonal_sign:',
  Restarting: ':arrows_counterclockwise:',
};

/** The Slack message about a change of `healthStatus`, or undefined when the event is about anything else. */
export function healthMessage(event: ChangeEvent): IncomingWebhookSendArguments | undefined {
  if (!isEntityChange(event)) return undefined;
  const { before, after } = event.diff;
  // An entity that appears or goes has no status it changed from or to.
  if (!before || !after) return undefined;
  const was = before.properties['healthStatus'];
  const is = after.properties['healthStatus'];
  if (was === is) return undefined;

  const title = after.title || after.identifier;
  const header = `Change in ${short(plain(title), 100)} health status :construction:`;
  return {
    text: `${escape(title)}: health status changed from ${statusText(was)} to ${statusText(is)}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: header, emoji: true } },
      { type: 'divider' },
      { type: 'context', elements: [mrkdwn(`Triggered by ${escape(event.trigger.by.userId)}`)] },
      { type: 'section', text: mrkdwn(`*Before*\n${statusText(was)}`) },
      { type: 'section', text: mrkdwn(`*Now*\n${statusText(is)}`) },
      { type: 'divider' },
    ],
  };
}

function statusText(status: unknown): string {
  if (typeof status !== 'string' || status === '') return 'Not set';
  const mark = Object.hasOwn(emoji, status) ? emoji[status] : undefined;
  return mark === undefined ? escape(status) : `${status} ${mark}`;
}

/** `verbatim` keeps Slack from finding mentions and links in the text by itself. */
function mrkdwn(text: string): { type: 'mrkdwn'; text: string; verbatim: true } {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Text from the catalog must show as itself: `<!channel>` in a title would call everybody. */
function escape(text: string): string {
  return short(text, 200).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Plain text knows no escapes, so what Slack might read as a tag is taken out. */
function plain(text: string): string {
  return text.replaceAll(/[<>]/g, '').replaceAll(/\s+/g, ' ');
}

function short(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
