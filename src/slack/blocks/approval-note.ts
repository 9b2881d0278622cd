import { escapeMrkdwn, linkWithin } from '../escape-mrkdwn.ts';
import { formatMarkdown } from '../format-markdown.ts';
import { contextOf, section, type SlackMessage } from '../slack-message.ts';
import { type ApprovalCard, endWords } from './approval-card.ts';
import { approvalWords } from './approval-words.ts';

export type NoteKind = 'ended' | 'reminder' | 'escalated';

const textRoom = 2_000;

/** A short message beside the card: that it ended, still waits, or waits for more people now. */
export function approvalNote(kind: NoteKind, card: ApprovalCard): SlackMessage {
  const { approval, language, publicUrl, text } = card;
  const words = approvalWords[language];
  const title = escapeMrkdwn(approval.title);
  if (kind === 'ended') {
    const told = words.fallbacks[approval.state](title);
    const own = text === null ? '' : formatMarkdown(text, textRoom);
    return { text: told, blocks: [section(own === '' ? `*${told}*` : own), contextOf(endWords(card))] };
  }
  const { link } = approval;
  const linked = link?.startsWith('/') === true ? linkWithin(`${publicUrl}${link}`, approval.title, textRoom) : title;
  const told = kind === 'reminder' ? words.reminder(linked) : words.escalated(linked);
  return { text: kind === 'reminder' ? words.reminder(title) : words.escalated(title), blocks: [section(told)] };
}
