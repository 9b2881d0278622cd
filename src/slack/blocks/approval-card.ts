import type { Approval, ApprovalInput } from '#approvals/approval.ts';
import type { Tally } from '#approvals/approval-rules.ts';
import { escapeMrkdwn, escapePlainText, mrkdwnLink } from '../escape-mrkdwn.ts';
import { formatMarkdown } from '../format-markdown.ts';
import {
  actions,
  context,
  fields,
  header,
  plain,
  section,
  type SlackBlock,
  type SlackButton,
  slackLimits,
  type SlackLanguage,
  type SlackMessage,
  type SlackSelect,
} from '../slack-message.ts';
import { approvalWords } from './approval-words.ts';

export const approvalActions = {
  approve: 'approval:approve',
  reject: 'approval:reject',
  choice: 'approval:choice',
} as const;

export interface ApprovalCard {
  readonly approval: Approval;
  /** How far the count is; only what is open shows it. */
  readonly progress: Tally['progress'];
  /** In place of the usual words, for the state it is in. Markdown. */
  readonly text: string | null;
  readonly publicUrl: string;
  readonly language: SlackLanguage;
  /** The organisation's own words on buttons, for requests that have none. */
  readonly ownLabels: { readonly approve: string | null; readonly reject: string | null };
  /** A webhook's messages have no buttons that anybody would hear. */
  readonly withButtons: boolean;
}

/** What a request has that names no words of its own. */
const usualLabels = { approve: 'Approve', reject: 'Reject' } as const;
const titleRoom = 110;
const textRoom = 2_800;
const labelRoom = 70;
const factCount = 10;
const namesShown = 20;
const optionCount = 100;

/** An approval as a message, from its state alone: the same state gives the same message, whoever asks and whenever. */
export function approvalCard(card: ApprovalCard): SlackMessage {
  const { approval, language, text } = card;
  const words = approvalWords[language];
  const isOpen = approval.state === 'open';
  const facts = approval.facts.slice(0, factCount).map(({ label, value }) => {
    return `*${escapeMrkdwn(label, labelRoom) || '…'}*\n${escapeMrkdwn(value, 300) || '–'}`;
  });
  const { instructions } = approval.terms;
  return {
    text: words.fallbacks[approval.state](escapeMrkdwn(approval.title)),
    blocks: [
      header(words.headers[approval.state](escapePlainText(approval.title, titleRoom)).slice(0, slackLimits.header)),
      ...sectionOf(text),
      ...sectionOf(approval.summary),
      ...(facts.length === 0 ? [] : [fields(facts)]),
      ...(isOpen ? sectionOf(instructions) : []),
      ...(isOpen ? openBlocks(card) : [context(endWords(card))]),
    ],
  };
}

function sectionOf(markdown: string | null): readonly SlackBlock[] {
  const text = markdown === null ? '' : formatMarkdown(markdown, textRoom);
  return text === '' ? [] : [section(text)];
}

function openBlocks(card: ApprovalCard): readonly SlackBlock[] {
  const { approval, language, withButtons } = card;
  const words = approvalWords[language];
  const url = linkOf(card);
  const pressed = withButtons
    ? [actions(`approval:${approval.id}:${approval.subject.attempt}`, decisionElements(card, url))]
    : url === null
      ? []
      : [section(mrkdwnLink(url, words.decideThere))];
  return [...pressed, context(openFacts(card).join('  ·  '))];
}

/** Who asked, who may decide, how far it is and until when. */
export function openFacts(card: ApprovalCard): readonly string[] {
  const { approval, language } = card;
  const words = approvalWords[language];
  const { timeout } = approval.terms;
  return [
    words.askedBy(escapeMrkdwn(approval.requestedByName), slackDate(approval.requestedAt)),
    words.who(deciders(approval, language)),
    ...progressWords(card),
    ...(timeout === null ? [] : [words.expires(slackDate(new Date(timeout.at)))]),
  ];
}

/** What is chosen and pressed to decide, as the request words it. */
export function decisionElements(card: ApprovalCard, url: string | null): readonly (SlackButton | SlackSelect)[] {
  const { approval, language } = card;
  const words = approvalWords[language];
  const { inputs } = approval.terms;
  // What was shown, so that a card of an earlier attempt or content judges nothing. It permits nothing.
  const value = JSON.stringify({ id: approval.id, attempt: approval.subject.attempt, hash: approval.contentHash });
  const approve = buttonText(labelOf('approve', card));
  const open = { type: 'button', action_id: 'quayside:open', text: plain(words.open) } as const;
  return [
    ...(inputs.length === 0 ? [] : [selectOf(inputs, words.choose)]),
    {
      type: 'button',
      action_id: approvalActions.approve,
      text: approve,
      value,
      style: 'primary',
      ...confirmation(card, approve),
    },
    {
      type: 'button',
      action_id: approvalActions.reject,
      text: buttonText(labelOf('reject', card)),
      value,
      style: 'danger',
    },
    ...(url === null ? [] : [{ ...open, url }]),
  ];
}

function labelOf(verb: 'approve' | 'reject', { approval, language, ownLabels }: ApprovalCard): string {
  const asked = approval.terms.labels[verb];
  const own = asked === usualLabels[verb] ? ownLabels[verb] : null;
  return own ?? approvalWords[language][verb](asked);
}

function confirmation({ approval, language }: ApprovalCard, confirm: ReturnType<typeof plain>): Partial<SlackButton> {
  const question = approval.terms.confirm;
  if (question === null) return {};
  const words = approvalWords[language];
  const answer = plain(confirm.text.slice(0, 30));
  return {
    confirm: {
      title: plain(words.confirmTitle),
      text: plain(escapePlainText(question, 290) || words.confirmTitle),
      confirm: answer,
      deny: plain(words.confirmBack),
    },
  };
}

function selectOf(inputs: readonly ApprovalInput[], placeholder: string): SlackSelect {
  return {
    type: 'static_select',
    action_id: approvalActions.choice,
    placeholder: plain(placeholder),
    options: inputs.slice(0, optionCount).map(({ value, label }) => ({ text: buttonText(label ?? value), value })),
  };
}

function buttonText(text: string): ReturnType<typeof plain> {
  return plain(escapePlainText(text, labelRoom) || '…');
}

function progressWords({ approval, progress, language }: ApprovalCard): readonly string[] {
  const words = approvalWords[language];
  if (approval.terms.quorum === 'all') return [words.everybody];
  return progress
    .filter(({ needed, approved }) => needed > 1 || approved > 0)
    .map(({ group, approved, needed }) => {
      const told = words.progress(approved, needed);
      return group === '' ? told : `${escapeMrkdwn(group, labelRoom)}: ${told}`;
    });
}

/** Who may decide, by what they are. */
function deciders({ terms }: Approval, language: SlackLanguage): string {
  const words = approvalWords[language];
  const { quorum } = terms;
  const groups = typeof quorum === 'object' && 'groups' in quorum ? quorum.groups.map((g) => g.approvers) : [];
  const names = [terms.approvers, ...groups].flatMap(({ users, roles, teams }) => [
    ...users.map((email) => escapeMrkdwn(email)),
    ...roles.map((role) => words.role(escapeMrkdwn(role))),
    ...teams.map((team) => words.team(escapeMrkdwn(team))),
  ]);
  const shown = [...new Set(names)].slice(0, namesShown);
  return shown.length === 0 ? words.nobody : shown.join(', ');
}

/** How it ended, as the card says it where its buttons were. */
export function endWords(card: ApprovalCard): string {
  const url = linkOf(card);
  const link = url === null ? [] : [mrkdwnLink(url, approvalWords[card.language].open)];
  return [...endFacts(card), ...link].join('  ·  ');
}

function endFacts({ approval, language }: ApprovalCard): readonly string[] {
  const words = approvalWords[language];
  const { state, decision } = approval;
  const when = slackDate(approval.closedAt ?? approval.updatedAt);
  if (state === 'expired') return [words.expired(when)];
  if (state !== 'approved' && state !== 'rejected') return [state === 'cancelled' ? words.cancelled : words.voided];
  if (decision === null) return [];
  const { byName, through, input, comment } = decision;
  const label = approval.terms.inputs.find(({ value }) => value === input)?.label ?? input;
  return [
    words.ended[state](escapeMrkdwn(byName), words.through[through ?? 'api'], when),
    ...(label === null ? [] : [words.chosen(escapeMrkdwn(label))]),
    ...(comment === null ? [] : [`“${escapeMrkdwn(comment, 500)}”`]),
  ];
}

export function linkOf({ approval, publicUrl }: Pick<ApprovalCard, 'approval' | 'publicUrl'>): string | null {
  const { link } = approval;
  return link === null || !link.startsWith('/') ? null : `${publicUrl}${link}`;
}

/** Each reader sees it in their own zone. */
function slackDate(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${at.toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
}
