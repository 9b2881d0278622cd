import { escapeMrkdwn, mrkdwnLink } from './escape-mrkdwn.ts';

const inlineMark =
  /(`[^`\n]+`)|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\[([^\]\n]+)\]\(([^)\s]+)\)|(?<![\w*])[*_](?=\S)([^*_\n]+)(?<=\S)[*_](?![\w*])/g;
const htmlTag = /<\/?[a-z][a-z0-9-]*(?:\s[^<>\n]{0,200})?\/?>/gi;
const longestLine = 600;

/** Safe markdown as Slack shows it: bold, slanted, code, links and lists; all else is text. HTML tags go. */
export function formatMarkdown(markdown: string, maxLength: number): string {
  const lines = markdown
    .replaceAll('\r', '')
    .replace(htmlTag, '')
    .split('\n')
    .map((line) => formatLine(line.slice(0, longestLine)));
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line : `${text}\n${line}`;
    if (longer.length > maxLength - 1) return `${text.trimEnd()}…`;
    text = longer;
  }
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

function formatLine(line: string): string {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
  if (heading !== undefined) return `*${escapeMrkdwn(heading.replaceAll(/[*_`]/g, ''), longestLine)}*`;
  const item = /^\s*[-*+]\s+(.*)$/.exec(line)?.[1];
  return item === undefined ? formatInline(line) : `• ${formatInline(item)}`;
}

function formatInline(line: string): string {
  let text = '';
  let end = 0;
  for (const match of line.matchAll(inlineMark)) {
    text += between(line.slice(end, match.index)) + formatMark(match);
    end = match.index + match[0].length;
  }
  return text + between(line.slice(end));
}

function formatMark([whole, code, bold, strong, label, address, slanted]: RegExpExecArray): string {
  if (code !== undefined) return `\`${escapeMrkdwn(code.slice(1, -1), longestLine)}\``;
  const heavy = bold ?? strong;
  if (heavy !== undefined) return `*${escapeMrkdwn(heavy, longestLine)}*`;
  if (label !== undefined && address !== undefined) return mrkdwnLink(address, label);
  return slanted === undefined ? between(whole) : `_${escapeMrkdwn(slanted, longestLine)}_`;
}

/** Escaping trims; the spaces around a mark stay. */
function between(text: string): string {
  if (text.trim() === '') return text === '' ? '' : ' ';
  const before = /^\s/.test(text) ? ' ' : '';
  const after = /\s$/.test(text) ? ' ' : '';
  return `${before}${escapeMrkdwn(text, longestLine)}${after}`;
}
