import type { ScorecardReport, Share } from '#scorecards/report-rules.ts';
import { countedTitle } from '../blueprint-words.ts';
import { escapeMrkdwn, escapePlainText, mrkdwnLink } from '../escape-mrkdwn.ts';
import {
  header,
  packLines,
  section,
  slackLimits,
  type SlackLanguage,
  type SlackMessage,
  type TextBlock,
} from '../slack-message.ts';
import { reportWords } from './report-words.ts';

const TITLE_LENGTH = 100;
/** A scorecard with more levels than this is counted without the lowest ones rather than refused by Slack. */
const LEVELS_SHOWN = 30;

/** One message: where a blueprint's entities stand, which teams lead, which rules pass most and least often. */
export function scorecardReport(
  report: ScorecardReport,
  options: { readonly language?: SlackLanguage } = {},
): SlackMessage<TextBlock> {
  const language = options.language ?? 'en';
  const words = reportWords[language];
  const entities = escapeMrkdwn(countedTitle(report.blueprint, language === 'en' ? 2 : 1));
  const title = escapeMrkdwn(report.scorecardTitle, TITLE_LENGTH);
  const levels = report.levels
    .slice(0, LEVELS_SHOWN)
    .map((level) => `• ${escapeMrkdwn(level.title, 60)} - ${level.count}`);
  return {
    text: words.fallback(title),
    blocks: [
      header(words.header(escapePlainText(report.scorecardTitle, TITLE_LENGTH))),
      section(words.summary(title)),
      section(words.byLevel(entities)),
      ...bullets(report.entityCount === 0 ? [words.nothingScored(entities)] : levels),
      ...shares(words.topTeams, report.topTeams),
      ...shares(words.highestRules, report.highestRules),
      ...shares(words.lowestRules, report.lowestRules),
      section(words.more((label) => mrkdwnLink(report.appUrl, label))),
    ],
  };
}

function shares(heading: string, list: readonly Share[]): ReturnType<typeof section>[] {
  if (list.length === 0) return [];
  return [
    section(heading),
    ...bullets(list.map((one) => `• ${escapeMrkdwn(one.title)} - ${(one.share * 100).toFixed(2)}%`)),
  ];
}

function bullets(lines: readonly string[]): ReturnType<typeof section>[] {
  return packLines(lines, slackLimits.section).map(section);
}
