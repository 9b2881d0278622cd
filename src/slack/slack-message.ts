/** The languages messages are written in. Channels default to English. */
export type SlackLanguage = 'en' | 'zh-CN';

export type SlackBlock =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: true };
    }
  | {
      readonly type: 'section';
      readonly text: { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
    };

/** What is posted: the blocks people see, and `text` for notifications and screen readers (escaped mrkdwn). */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Slack's documented limits, and one that is not: blocks of together about 13,000 characters are refused. */
export const slackLimits = { section: 3000, header: 150, blocks: 50, message: 10_000 } as const;

export function header(text: string): SlackBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: true } };
}

/** `verbatim` keeps Slack from turning words of the text into links and mentions. The text must be escaped already. */
export function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** Whole lines gathered into texts of at most `maxLength`; a line is never cut, so each must fit by itself. */
export function packLines(lines: readonly string[], maxLength: number): readonly string[] {
  const texts: string[] = [];
  let current = '';
  for (const line of lines) {
    const longer = current === '' ? line : `${current}\n${line}`;
    if (current !== '' && longer.length > maxLength) {
      texts.push(current);
      current = line;
    } else {
      current = longer;
    }
  }
  return current === '' ? texts : [...texts, current];
}
