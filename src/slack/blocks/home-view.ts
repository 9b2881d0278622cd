import type { Approval } from '#approvals/approval.ts';
import type { FailingRule } from '#home/home-rules.ts';
import type { RunView } from '#runs/run.ts';
import { escapeMrkdwn, linkWithin } from '../escape-mrkdwn.ts';
import {
  actions,
  context,
  contextOf,
  header,
  packLines,
  plain,
  section,
  type SlackLanguage,
  slackLimits,
} from '../slack-message.ts';
import { type ApprovalCard, linkOf, openFacts } from './approval-card.ts';
import { decisionElements } from './decision-elements.ts';
import { homeWords } from './home-words.ts';
import { runLine } from './run-message.ts';
import { linkAction } from './run-form.ts';
import type { SlackView, ViewBlock } from './slack-view.ts';

export interface HomeContent {
  /** What waits for the reader, and how many there are in all. */
  readonly approvals: readonly Approval[];
  readonly approvalCount: number;
  readonly failing: readonly FailingRule[];
  readonly runs: readonly RunView[];
  readonly publicUrl: string;
  readonly language: SlackLanguage;
  /** Whether clicks would arrive. */
  readonly withButtons: boolean;
  readonly ownLabels: ApprovalCard['ownLabels'];
}

const lineRoom = 2_000;

/** The home tab of one person: what needs them, what to fix next, what they started. */
export function homeView(content: HomeContent): SlackView {
  const { language, publicUrl } = content;
  const words = homeWords[language];
  return {
    type: 'home',
    blocks: [
      header(words.approvals),
      ...approvalBlocks(content),
      { type: 'divider' },
      header(words.fixes),
      ...fixBlocks(content),
      { type: 'divider' },
      header(words.runs),
      ...runBlocks(content),
      { type: 'divider' },
      actions('quayside:home', [
        { type: 'button', action_id: `${linkAction}:portal`, text: plain(words.open), url: publicUrl },
        { type: 'button', action_id: `${linkAction}:inbox`, text: plain(words.inbox), url: `${publicUrl}/approvals` },
      ]),
      context(words.hint),
    ],
  };
}

function approvalBlocks(content: HomeContent): readonly ViewBlock[] {
  const { approvals, approvalCount, language } = content;
  const words = homeWords[language];
  if (approvals.length === 0) return [section(words.noApprovals)];
  const rest = approvalCount - approvals.length;
  return [
    ...approvals.flatMap((approval) => oneApproval(content, approval)),
    ...(rest > 0 ? [context(words.more(rest))] : []),
  ];
}

function oneApproval(
  { publicUrl, language, ownLabels, withButtons }: HomeContent,
  approval: Approval,
): readonly ViewBlock[] {
  const card: ApprovalCard = {
    approval,
    progress: [],
    waiting: [],
    text: null,
    publicUrl,
    language,
    ownLabels,
    withButtons,
  };
  const url = linkOf(card);
  const title = url === null ? escapeMrkdwn(approval.title) : linkWithin(url, approval.title, lineRoom);
  const pressed = withButtons
    ? [actions(`approval:${approval.id}:${approval.subject.attempt}`, decisionElements(card, url))]
    : [];
  return [section(`*${title}*`), contextOf(openFacts(card)), ...pressed];
}

function fixBlocks({ failing, publicUrl, language }: HomeContent): readonly ViewBlock[] {
  const words = homeWords[language];
  if (failing.length === 0) return [section(words.noFixes)];
  const lines = failing.map(({ blueprint, entity, title, rule, level }) => {
    const place = [blueprint, entity].map(encodeURIComponent).join('/');
    const link = linkWithin(`${publicUrl}/catalog/${place}`, title === '' ? entity : title, lineRoom);
    return `${link}  ·  ${words.fix(escapeMrkdwn(rule, 100), escapeMrkdwn(level, 40))}`;
  });
  return packLines(lines, slackLimits.section).map(section);
}

function runBlocks({ runs, publicUrl, language }: HomeContent): readonly ViewBlock[] {
  if (runs.length === 0) return [section(homeWords[language].noRuns)];
  const lines = runs.map((run) => runLine(run, publicUrl, language));
  return packLines(lines, slackLimits.section).map(section);
}
