import { isJsonObject } from '#platform/json.ts';

const hidden = '…';
/** Shorter texts occur by chance; hiding them would make nonsense of everything else. */
const shortestHidden = 4;

/** The value without the given texts, wherever they stand in it; keys of objects included. */
export function hideTexts(value: unknown, texts: readonly string[]): unknown {
  const wanted = texts.filter((text) => text.length >= shortestHidden);
  return wanted.length === 0 ? value : hide(value, wanted);
}

function hide(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((text, secret) => text.replaceAll(secret, hidden), value);
  if (Array.isArray(value)) return value.map((item) => hide(item, texts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(hide(key, texts)), hide(item, texts)]));
}
