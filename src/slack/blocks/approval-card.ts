import type { Approval } from '#approvals/approval.ts';
import type { Tally } from '#approvals/approval-rules.ts';
import { escapeMrkdwn, escapePlainText, linkWithin, listWithin } from '../escape-mrkdwn.ts';
import { formatMarkdown } from '../format-markdown.ts';
import {
  actions,
  contextOf,
  fields,
  header,
  section,
  type SlackBlock,
  slackLimits,
  type SlackLanguage,
  type SlackMessage,
} from '../slack-message.ts';
import { approvalWords } from './approval-words.ts';
import { decisionElements } from './decision-elements.ts';
import { factLabel } from './fact-words.ts';

export interface ApprovalCard {
  readonly approval: Approval;
  /** How far the count is; only what is open shows it. */
  readonly progress: Tally['progress'];
  /** Who may decide and has not yet, by the groups of the quorum; only what is open shows them. */
  readonly waiting: readonly { readonly name: string; readonly groups: ReadonlySet<string> }[];
  /** In place of the usual words, for the state it is in. Markdown. */
  readonly text: string | null;
  readonly publicUrl: string;
  readonly language: SlackLanguage;
  /** The organisation's own words on buttons, for requests that have none. */
  readonly ownLabels: { readonly approve: string | null; readonly reject: string | null };
  /** A webhook's messages have no buttons that anybody would hear. */
  readonly withButtons: boolean;
}

const titleRoom = 110;
const textRoom = 2_800;
const labelRoom = 70;
const factRoom = 300;
const factCount = 10;
const nameRoom = 100;
const decidersRoom = 1_200;
const commentRoom = 300;
const urlRoom = 1_500;

/** An approval as a message, from its state alone: the same state gives the same message, whoever asks and whenever. */
export function approvalCard(card: ApprovalCard): SlackMessage {
  const { approval, language, text } = card;
  const words = approvalWords[language];
  const isOpen = approval.state === 'open';
  const facts = factsOf(approval, language);
  const { instructions } = approval.terms;
  return {
    text: words.fallbacks[approval.state](escapeMrkdwn(approval.title)),
    blocks: [
      header(words.headers[approval.state](escapePlainText(approval.title, titleRoom)).slice(0, slackLimits.header)),
      ...sectionOf(text),
      ...sectionOf(summaryOf(approval, language)),
      ...(facts.length === 0 ? [] : [fields(facts)]),
      ...(isOpen ? sectionOf(instructions) : []),
      ...(isOpen ? openBlocks(card) : [contextOf(endWords(card))]),
    ],
  };
}

/** Who asked stands below, so a fact that says the same is left out. */
function factsOf({ facts, requestedByName }: Approval, language: SlackLanguage): readonly string[] {
  return facts
    .filter(({ label, value }) => !(label.endsWith(' by') && value === requestedByName))
    .slice(0, factCount)
    .map(({ label, value }) => {
      const name = escapeMrkdwn(factLabel(label, language), labelRoom) || '…';
      return `*${name}*\n${escapeMrkdwn(value, factRoom) || '–'}`;
    });
}

/** What facts and buttons say already is not said once more. */
function summaryOf({ subject, summary }: Approval, language: SlackLanguage): string | null {
  if (subject.kind === 'stage' || subject.kind === 'constraint') return null;
  return subject.kind === 'exemption' ? approvalWords[language].exemption : summary;
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
      : [section(linkWithin(url, words.decideThere, urlRoom))];
  return [...pressed, contextOf(openFacts(card))];
}

/** Who asked, who may decide, how far it is and until when. */
export function openFacts(card: ApprovalCard): readonly string[] {
  const { approval, language } = card;
  const words = approvalWords[language];
  const { timeout } = approval.terms;
  return [
    words.askedBy(escapeMrkdwn(approval.requestedByName, nameRoom), slackDate(approval.requestedAt)),
    words.who(deciders(approval, language)),
    ...progressWords(card),
    ...(timeout === null ? [] : [words.expires(slackDate(new Date(timeout.at)))]),
  ];
}

const groupsShown = 8;

function progressWords(card: ApprovalCard): readonly string[] {
  const { approval, progress, language } = card;
  const words = approvalWords[language];
  if (approval.terms.quorum === 'all') return [words.everybody, ...waitingWords(card, '')];
  return progress
    .filter(({ group, needed, approved }) => group !== '' || needed > 1 || approved > 0)
    .slice(0, groupsShown)
    .map(({ group, approved, needed }) => {
      const told = words.progress(approved, needed);
      if (group === '') return told;
      const rest = approved < needed ? waitingWords(card, group) : [];
      return [`${escapeMrkdwn(group, labelRoom)}: ${told}`, ...rest].join(' · ');
    });
}

const waitingRoom = 300;

/** Who has still to approve, where it has to be they. */
function waitingWords({ waiting, language }: ApprovalCard, group: string): readonly string[] {
  const names = waiting.filter(({ groups }) => groups.has(group)).map(({ name }) => escapeMrkdwn(name, nameRoom));
  return names.length === 0 ? [] : [approvalWords[language].waitsFor(listWithin(names, waitingRoom))];
}

const everyRole = ['Admin', 'Moderator', 'Member'];

/** Who may decide, by what they are. */
function deciders({ terms }: Approval, language: SlackLanguage): string {
  const words = approvalWords[language];
  const { quorum } = terms;
  const groups = typeof quorum === 'object' && 'groups' in quorum ? quorum.groups.map((g) => g.approvers) : [];
  const names = [terms.approvers, ...groups].flatMap(({ users, roles, teams }) => {
    if (everyRole.every((role) => roles.includes(role))) return [words.anybody];
    return [
      ...users.map((email) => escapeMrkdwn(email, nameRoom)),
      ...roles.map((role) => roleWords(role, teams, language)),
      ...teams.filter((team) => !roles.includes(team)).map((team) => words.team(escapeMrkdwn(team, nameRoom))),
    ];
  });
  return names.length === 0 ? words.nobody : listWithin([...new Set(names)], decidersRoom);
}

/** Other clients name groups that may be a role or a team here. */
function roleWords(role: string, teams: readonly string[], language: SlackLanguage): string {
  const words = approvalWords[language];
  if (role === 'Admin') return words.administrators;
  const name = escapeMrkdwn(role, nameRoom);
  return teams.includes(role) ? name : words.role(name);
}

/** How it ended, as the card says it where its buttons were. */
export function endWords(card: ApprovalCard): readonly string[] {
  const url = linkOf(card);
  const link = url === null ? [] : [linkWithin(url, approvalWords[card.language].open, urlRoom)];
  return [...endFacts(card), ...link];
}

function endFacts({ approval, language }: ApprovalCard): readonly string[] {
  const words = approvalWords[language];
  const { state, decision } = approval;
  const when = slackDate(approval.closedAt ?? approval.updatedAt);
  if (state === 'expired') return [words.expired(when)];
  const said = decision?.comment == null ? [] : [`“${escapeMrkdwn(decision.comment, commentRoom)}”`];
  if (state === 'cancelled') return [words.cancelled, ...said];
  if (state === 'open' || state === 'voided' || decision === null) return [words.voided];
  const { byName, through, input } = decision;
  const label = approval.terms.inputs.find(({ value }) => value === input)?.label ?? input;
  return [
    words.ended[state](escapeMrkdwn(byName, nameRoom), words.through[through ?? 'api'], when),
    ...(label === null ? [] : [words.chosen(escapeMrkdwn(label, nameRoom))]),
    ...said,
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
