import { isJsonObject } from '#platform/json.ts';
import { folded } from './cut-words.ts';

/** Where the words stand: a text and the stretches of it to point out, as pairs of start and end. */
export interface Match {
  readonly field: string;
  readonly text: string;
  readonly ranges: readonly (readonly [number, number])[];
}

const around = 40;
const shownMatches = 3;

/** The first fields that hold a word, long texts cut down to where it stands. */
export function matchesIn(fields: Readonly<Record<string, unknown>>, words: readonly string[]): readonly Match[] {
  const found: Match[] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (found.length >= shownMatches) break;
    const match = matchIn(field, textOf(value), words);
    if (match !== null) found.push(match);
  }
  return found;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  return isJsonObject(value) ? Object.values(value).map(textOf).filter(Boolean).join(', ') : '';
}

function matchIn(field: string, whole: string, words: readonly string[]): Match | null {
  // Folding may change lengths; then positions would not fit, and the text is searched as it is.
  const same = folded(whole);
  const searched = same.length === whole.length ? same : whole.toLowerCase().slice(0, whole.length);
  const first = Math.min(...words.map((word) => searched.indexOf(word)).filter((at) => at !== -1));
  if (!Number.isFinite(first)) return null;
  const start = first > 2 * around ? whole.indexOf(' ', first - around) + 1 || first : 0;
  const from = start > first ? first : start;
  const to = Math.min(whole.length, first + 3 * around);
  const text = `${from > 0 ? '…' : ''}${whole.slice(from, to)}${to < whole.length ? '…' : ''}`;
  const shift = (from > 0 ? 1 : 0) - from;
  return { field, text, ranges: rangesOf(searched.slice(from, to), words, shift + from) };
}

function rangesOf(text: string, words: readonly string[], shift: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
      found.push([at + shift, at + word.length + shift]);
    }
  }
  found.sort((left, right) => left[0] - right[0] || right[1] - left[1]);
  const merged: [number, number][] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}
