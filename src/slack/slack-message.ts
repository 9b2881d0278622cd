/** The languages messages are written in. */
export type SlackLanguage = 'en' | 'zh-CN';

export interface SlackButton {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: SlackConfirmation;
}

export interface SlackSelect {
  readonly type: 'static_select';
  readonly action_id: string;
  readonly placeholder: PlainText;
  readonly options: readonly { readonly text: PlainText; readonly value: string }[];
}

export interface SlackConfirmation {
  readonly title: PlainText;
  readonly text: PlainText;
  readonly confirm: PlainText;
  readonly deny: PlainText;
}

export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: true;
}

interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

/** Blocks that are read and not pressed. */
export type TextBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn };

export type SlackBlock =
  | TextBlock
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | {
      readonly type: 'actions';
      readonly block_id: string;
      readonly elements: readonly (SlackButton | SlackSelect)[];
    };

/** What is posted: the blocks people see, and `text` for notifications and screen readers (escaped mrkdwn). */
export interface SlackMessage<Block extends SlackBlock = SlackBlock> {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Slack's documented limits, and one that is not: blocks of together about 13,000 characters are refused. */
export const slackLimits = { section: 3000, header: 150, blocks: 50, message: 10_000 } as const;

/** The text must be escaped already. */
export function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: true };
}

export function header(text: string): TextBlock {
  return { type: 'header', text: plain(text) };
}

/** `verbatim` keeps Slack from turning words of the text into links and mentions. The text must be escaped already. */
export function section(text: string): TextBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** Facts, two to a row. The texts must be escaped already. */
export function fields(texts: readonly string[]): SlackBlock {
  return { type: 'section', fields: texts.map((text) => ({ type: 'mrkdwn', text, verbatim: true })) };
}

/** Small print. The text must be escaped already. */
export function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

const between = '  ·  ';
const contextElements = 10;

/** Small print of several facts, each of which fits into one text. The texts must be escaped already. */
export function contextOf(texts: readonly string[]): SlackBlock {
  const packed = pack(texts, between, slackLimits.section).slice(0, contextElements);
  return { type: 'context', elements: packed.map((text) => ({ type: 'mrkdwn', text, verbatim: true })) };
}

export function actions(blockId: string, elements: readonly (SlackButton | SlackSelect)[]): SlackBlock {
  return { type: 'actions', block_id: blockId, elements };
}

/** Whole lines gathered into texts of at most `maxLength`; a line is never cut, so each must fit by itself. */
export function packLines(lines: readonly string[], maxLength: number): readonly string[] {
  return pack(lines, '\n', maxLength);
}

function pack(lines: readonly string[], separator: string, maxLength: number): readonly string[] {
  const texts: string[] = [];
  let current = '';
  for (const line of lines) {
    const longer = current === '' ? line : `${current}${separator}${line}`;
    if (current !== '' && longer.length > maxLength) {
      texts.push(current);
      current = line;
    } else {
      current = longer;
    }
  }
  return current === '' ? texts : [...texts, current];
}
