import { teamsCard } from '#platform/teams-card.ts';
import type { Approval, ApprovalNotification, NotificationMoment } from './approval.ts';
import { type NotificationOccasion, notificationWords } from './notification-words.ts';

/** What is told, to whoever is told of that moment. */
export const momentOf: Readonly<Record<NotificationOccasion, NotificationMoment>> = {
  awaiting: 'awaiting',
  reminded: 'awaiting',
  escalated: 'awaiting',
  delegated: 'awaiting',
  approved: 'approved',
  rejected: 'rejected',
  expired: 'rejected',
};

export interface Told {
  readonly approval: Approval;
  readonly occasion: NotificationOccasion;
  readonly publicUrl: string;
  /** In place of the usual first lines. */
  readonly text: string | null;
}

export function customText(notification: ApprovalNotification, occasion: NotificationOccasion): string | null {
  return notification.texts?.[momentOf[occasion]] ?? null;
}

function linkOf({ approval, publicUrl }: Told): string {
  return `${publicUrl}/approvals/${approval.id}`;
}

export function mailText(
  told: Told,
  language: string | undefined,
): { readonly subject: string; readonly text: string } {
  const { approval, occasion, text } = told;
  const words = notificationWords(language);
  const { timeout } = approval.terms;
  const lines = [
    ...(text === null ? [] : [text, '']),
    ...(approval.summary === '' ? [] : [approval.summary, '']),
    ...approval.facts.map(({ label, value }) => `${label}: ${value}`),
    ...(approval.state === 'open' && approval.terms.instructions !== null ? ['', approval.terms.instructions] : []),
    '',
    words.requestedBy(approval.requestedByName),
    ...(approval.decision === null ? [] : [words.decidedBy(approval.decision.byName)]),
    ...(typeof approval.decision?.comment === 'string' ? [approval.decision.comment] : []),
    ...(approval.state === 'open' && timeout !== null ? [words.until(timeout.at)] : []),
    '',
    `${words.open} ${linkOf(told)}`,
    ...(approval.state === 'open' ? [words.decideThere] : []),
  ];
  return { subject: oneLine(words.subjects[occasion](approval.title)), text: lines.join('\n') };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The body of a JSON webhook. */
export function webhookBody(told: Told, about?: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { approval, occasion, text, publicUrl } = told;
  const { id, kind } = approval.subject;
  const page = approval.link === null ? {} : { link: `${publicUrl}${approval.link}` };
  return {
    type: `approval.${occasion}`,
    approval: {
      id: approval.id,
      title: approval.title,
      summary: approval.summary,
      facts: approval.facts,
      state: approval.state,
      decision: approval.decision,
      requestedBy: { id: approval.requestedBy, name: approval.requestedByName },
      requestedAt: approval.requestedAt,
      timeout: approval.terms.timeout,
    },
    subject: approval.subject,
    ...(kind === 'run' ? { runId: id } : {}),
    ...(about === undefined ? {} : { [kind]: { id, ...about, ...page } }),
    ...(text === null ? {} : { text }),
    link: linkOf(told),
  };
}

/** For an incoming webhook of Microsoft Teams. Deciding takes a person who signed in: the card leads there. */
export function teamsBody(told: Told): Record<string, unknown> {
  const { approval, occasion, text } = told;
  const words = notificationWords(undefined);
  return teamsCard({
    title: words.subjects[occasion](approval.title),
    lines: [
      ...(text ?? '').split('\n'),
      ...(approval.terms.instructions ?? '').split('\n'),
      words.requestedBy(approval.requestedByName),
    ],
    facts: approval.facts,
    link: { url: linkOf(told), label: words.open.replace(/:$/, '') },
  });
}

/** For an incoming webhook of Slack; nothing in it can call or link anybody but our own link. */
export function slackBody(told: Told): Record<string, unknown> {
  const { approval, occasion, text } = told;
  const words = notificationWords(undefined);
  const lines = [
    `*${escaped(words.subjects[occasion](approval.title))}*`,
    ...(text === null ? [] : [escaped(text)]),
    escaped(words.requestedBy(approval.requestedByName)),
    ...approval.facts.map(({ label, value }) => `• ${escaped(label)}: ${escaped(value)}`),
    `<${linkOf(told)}|${words.open.replace(/:$/, '')}>`,
  ];
  return { text: lines.join('\n').slice(0, longestSlackText), mrkdwn: true, unfurl_links: false };
}

/** Beyond it Slack cuts a message. */
const longestSlackText = 39_000;

/** Slack's three characters, and a space within its marks for formatting so that they stay characters. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`]/g, (mark) => `${mark}\u200B`);
}
