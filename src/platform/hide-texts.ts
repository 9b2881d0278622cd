import { isJsonObject } from './json.ts';

const hidden = '…';
/** Shorter texts occur by chance; hiding them would make nonsense of everything else. */
const shortestHidden = 4;

/**
 * The value without the given texts, wherever they stand in it, keys of objects included: as they are, as JSON and
 * addresses write them, and where the end of a text cuts one off.
 */
export function hideTexts(value: unknown, texts: readonly string[]): unknown {
  const spelt = texts.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
  ]);
  const wanted = [...new Set(spelt)].filter((text) => text.length >= shortestHidden);
  // What holds another goes first, or its rest would stay.
  return wanted.length === 0
    ? value
    : hide(
        value,
        wanted.toSorted((left, right) => right.length - left.length),
      );
}

function hide(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce(hideOne, value);
  if (Array.isArray(value)) return value.map((item) => hide(item, texts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(hide(key, texts)), hide(item, texts)]));
}

function hideOne(text: string, secret: string): string {
  const whole = text.replaceAll(secret, hidden);
  for (let length = Math.min(secret.length - 1, whole.length); length >= shortestHidden; length -= 1) {
    if (whole.endsWith(secret.slice(0, length))) return `${whole.slice(0, -length)}${hidden}`;
  }
  return whole;
}
