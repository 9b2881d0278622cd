import { Fragment, type ReactNode } from 'react';
import classes from './slack-message.module.css';

const emoji: Readonly<Record<string, string>> = {
  bell: '🔔',
  star: '⭐',
  warning: '⚠️',
  memo: '📝',
  rocket: '🚀',
  white_check_mark: '✅',
  x: '❌',
  rotating_light: '🚨',
  tada: '🎉',
  chart_with_upwards_trend: '📈',
  vertical_traffic_light: '🚦',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  red_circle: '🔴',
  hourglass_flowing_sand: '⏳',
  raised_hand: '✋',
  no_entry: '⛔',
  heavy_check_mark: '✔️',
  cry: '😢',
  construction: '🚧',
  octagonal_sign: '🛑',
  arrows_counterclockwise: '🔄',
  anchor: '⚓',
  ship: '🚢',
  eyes: '👀',
  point_right: '👉',
};

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const plain = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (one) => entities[one] ?? one);

/** Emoji codes as characters; unknown ones stay as they are. */
export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]+):/g, (code, name: string) => emoji[name] ?? code);

const TOKEN =
  /```([\s\S]+?)```|`([^`\n]+)`|<([^>|]+)(?:\|([^>]*))?>|(?<![\w*])\*(?!\s)([^*\n]+)(?<!\s)\*(?!\w)|(?<![\w_])_(?!\s)([^_\n]+)(?<!\s)_(?!\w)|(?<![\w~])~(?!\s)([^~\n]+)(?<!\s)~(?!\w)/g;

/** Addresses of this site stay in the application; others open beside it; anything but http is text. */
function linkOf(address: string, label: string | undefined): ReactNode {
  if (address.startsWith('!date^')) return label ?? '';
  if (address.startsWith('@') || address.startsWith('#') || address.startsWith('!'))
    return <span className={classes['mention']}>{label ?? address}</span>;
  if (!URL.canParse(address) || !/^(https?|mailto):$/.test(new URL(address).protocol)) return plain(label ?? address);
  const url = new URL(address);
  const here = url.origin === location.origin;
  return (
    <a
      href={here ? `${url.pathname}${url.search}` : address}
      {...(here ? {} : { target: '_blank', rel: 'noreferrer' })}
    >
      {withEmoji(plain(label ?? address))}
    </a>
  );
}

function tokenOf(match: RegExpMatchArray): ReactNode {
  const [, block, code, address, label, bold, italic, struck] = match;
  if (block !== undefined) return <pre>{plain(block)}</pre>;
  if (code !== undefined) return <code>{plain(code)}</code>;
  if (address !== undefined) return linkOf(address, label);
  if (bold !== undefined) return <strong>{mrkdwn(bold)}</strong>;
  if (italic !== undefined) return <em>{mrkdwn(italic)}</em>;
  return <s>{mrkdwn(struck ?? '')}</s>;
}

/** Slack's mark-up as elements: bold, italic, struck, code, links, emoji. */
export function mrkdwn(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(withEmoji(plain(text.slice(end, match.index))), <Fragment key={match.index}>{tokenOf(match)}</Fragment>);
    end = match.index + match[0].length;
  }
  parts.push(withEmoji(plain(text.slice(end))));
  return parts;
}
