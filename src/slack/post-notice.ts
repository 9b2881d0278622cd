import { escapeMrkdwn, mrkdwnLink } from './escape-mrkdwn.ts';
import { postMessages } from './post-messages.ts';
import { reminderTransport, type ReminderParts } from './send-reminder.ts';
import { packLines, section, slackLimits } from './slack-message.ts';

export interface SlackNotice {
  readonly orgId: string;
  readonly channel: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly link: { readonly url: string; readonly label: string };
  readonly key: string;
  readonly earlierAttemptAt: Date | null;
}

export interface NoticeOutcome {
  readonly outcome: 'posted' | 'refused' | 'unknown';
  readonly message: string;
}

const longestLine = 1_000;

/** Posts a short plain message to a channel; what stands there already under its key is not posted again. */
export async function postNotice(
  parts: Pick<ReminderParts, 'http' | 'wait' | 'clock' | 'slackTransport'>,
  notice: SlackNotice,
): Promise<NoticeOutcome> {
  const transport = await reminderTransport(parts, notice.orgId, notice.channel);
  if (typeof transport === 'string') return { outcome: 'refused', message: transport };
  const title = escapeMrkdwn(notice.title, longestLine);
  const lines = [
    ...(title === '' ? [] : [`*${title}*`]),
    ...notice.lines.map((line) => escapeMrkdwn(line, longestLine)),
    mrkdwnLink(notice.link.url, notice.link.label),
  ];
  const blocks = packLines(lines, slackLimits.section).slice(0, 3).map(section);
  const text = title === '' ? (lines[0] ?? '') : title;
  const { outcome } = await postMessages(parts, {
    transport,
    messages: [{ text, blocks }],
    key: notice.key,
    earlierAttemptAt: notice.earlierAttemptAt,
    now: parts.clock.now(),
  });
  if (outcome === null || outcome.outcome === 'posted') return { outcome: 'posted', message: '' };
  return { outcome: outcome.outcome, message: outcome.message };
}
