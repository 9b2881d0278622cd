// Text from the catalog reaches Slack through these functions only. Slack's mrkdwn has no escape character: `&`, `<`
// and `>` have entities, the formatting marks do not, so a mark that could format is shown as its nearest look-alike.

/** Control characters, line breaks and the invisible marks that reorder or hide text. Joiners that build emoji and words stay. */
const INVISIBLE = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
const GROUP_MENTION = /@(?=(?:channel|here|everyone|group)\b)/gi;
const EDGE_UNDERSCORE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const WORD_JOINER = '\u2060';

/** One line of well-formed visible text, at most `maxLength` UTF-16 units. */
export function oneLine(text: string, maxLength = 200): string {
  const visible = text.toWellFormed().replace(/\s/gu, ' ').replace(INVISIBLE, '').replace(/ {2,}/g, ' ').trim();
  if (visible.length <= maxLength) return visible;
  return `${visible
    .slice(0, maxLength - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}

/** Makes catalog text show as itself in mrkdwn: no formatting, no link, no mention. `maxLength` counts before escaping. */
export function escapeMrkdwn(text: string, maxLength = 200): string {
  return oneLine(text, maxLength)
    .replaceAll('`', 'ˋ')
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replace(EDGE_UNDERSCORE, 'ˍ')
    .replace(GROUP_MENTION, `@${WORD_JOINER}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** For `plain_text` objects, where entities would be shown as typed: angle brackets become their typographic kin. */
export function escapePlainText(text: string, maxLength = 150): string {
  return oneLine(text, maxLength).replaceAll('<', '‹').replaceAll('>', '›').replace(GROUP_MENTION, '＠');
}

/** A link whose address cannot break out of its brackets; anything but http and https is shown as text alone. */
export function mrkdwnLink(url: string, label: string): string {
  const text = escapeMrkdwn(label) || '…';
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol)) return text;
  const safe = address.href
    .replaceAll('|', '%7C')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll('&', '&amp;');
  return `<${safe}|${text}>`;
}

/** A link as long as it may be at most; a longer one is its text alone. */
export function linkWithin(url: string, label: string, maxLength: number): string {
  const link = mrkdwnLink(url, label);
  return link.length <= maxLength ? link : escapeMrkdwn(label) || '…';
}

/** Escaped names after each other in at most so many characters, with a sign where there are more. */
export function listWithin(names: readonly string[], maxLength: number): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    const longer = index === 0 ? name : `${text}, ${name}`;
    if (longer.length > maxLength) return text === '' ? '…' : `${text}, …`;
    text = longer;
  }
  return text;
}
