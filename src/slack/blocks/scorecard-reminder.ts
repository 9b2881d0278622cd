import type { ReminderEntry, ReminderSelection } from '#scorecards/reminder-rules.ts';
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
import { reminderWords } from './reminder-words.ts';

/** Lines of one level that go into one section. */
interface LevelPiece {
  readonly level: string;
  readonly text: string;
  readonly startsLevel: boolean;
}

const LEVEL_LENGTH = 60;
/** Room kept for the level's name in bold, escaped, with the word that says it continues. */
const HEADING_ROOM = LEVEL_LENGTH * 5 + 20;
const TITLE_LENGTH = 100;

/**
 * The reminder as messages to post in order: usually one, several when Slack's limits ask for it, none when the
 * blueprint has no entities at all. When every entity meets its rules the message says so.
 */
export function scorecardReminder(
  selection: ReminderSelection,
  options: { readonly language?: SlackLanguage } = {},
): readonly SlackMessage<TextBlock>[] {
  if (selection.entityCount === 0) return [];
  const words = reminderWords[options.language ?? 'en'];
  const { unmetCount } = selection;
  const name = (count: number): string => escapeMrkdwn(countedTitle(selection.blueprint, count));

  const intro = [section(words.intro(name, unmetCount)), section(words.heading(name, unmetCount))];
  const pieces = selection.groups.flatMap(({ level, entries }) =>
    packLines(
      entries.map((entry) => entryLine(entry, words.passed)),
      slackLimits.section - HEADING_ROOM,
    ).map((text, index): LevelPiece => ({ level, text, startsLevel: index === 0 })),
  );
  const bodies = withRest(packMessages(intro, pieces, words.continued), restOf(selection), words.more);
  const text = words.fallback(escapeMrkdwn(selection.scorecardTitle, TITLE_LENGTH), name, unmetCount);
  return bodies.map((blocks, index) => {
    const part = bodies.length > 1 ? { number: index + 1, count: bodies.length } : undefined;
    return {
      text,
      blocks: [header(words.header(escapePlainText(selection.scorecardTitle, TITLE_LENGTH), part)), ...blocks],
    };
  });
}

/** Entities that the selection counts and does not list. */
function restOf({ unmetCount, groups }: ReminderSelection): number {
  return unmetCount - groups.reduce((sum, group) => sum + group.entries.length, 0);
}

function withRest(
  bodies: readonly (readonly TextBlock[])[],
  rest: number,
  more: (count: number) => string,
): readonly (readonly TextBlock[])[] {
  if (rest <= 0) return bodies;
  return [...bodies.slice(0, -1), [...(bodies.at(-1) ?? []), section(more(rest))]];
}

/** Messages after the first start with the level they continue, so that each can be read by itself. */
function packMessages(
  intro: readonly TextBlock[],
  pieces: readonly LevelPiece[],
  continued: string,
): readonly (readonly TextBlock[])[] {
  const messages: TextBlock[][] = [];
  let current = [...intro];
  let length = intro.reduce<number>((sum, block) => sum + block.text.text.length, slackLimits.header);
  for (const piece of pieces) {
    const full =
      current.length + 2 >= slackLimits.blocks || length + piece.text.length + HEADING_ROOM > slackLimits.message;
    if (full) {
      messages.push(current);
      current = [];
      length = slackLimits.header;
    }
    const block = section(pieceText(piece, current.length === 0, continued));
    current.push(block);
    length += block.text.text.length;
  }
  return [...messages, current];
}

function pieceText(piece: LevelPiece, startsMessage: boolean, continued: string): string {
  const name = `*${escapeMrkdwn(piece.level, LEVEL_LENGTH) || '…'}*`;
  if (piece.startsLevel) return `${name}\n${piece.text}`;
  return startsMessage ? `${name} ${continued}\n${piece.text}` : piece.text;
}

/** A link that alone would overflow a section (a very long identifier) is left out; the entity is still named. */
function entryLine(entry: ReminderEntry, passed: (passed: number, total: number) => string): string {
  const label = entry.title.trim() === '' ? entry.identifier : entry.title;
  const score = `\`${passed(entry.passed, entry.total)}\``;
  const linked = `• ${mrkdwnLink(entry.url, label)} - ${score}`;
  if (linked.length <= slackLimits.section - HEADING_ROOM) return linked;
  return `• ${escapeMrkdwn(label) || '…'} - ${score}`;
}
