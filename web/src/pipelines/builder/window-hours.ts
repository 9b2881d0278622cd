import type { Fields, StageConfig } from '../wire.ts';

/** A span of the day, as time fields read and write it: `09:00`. */
export interface Hours {
  readonly start: string;
  readonly end: string;
}

interface Window {
  readonly days: readonly number[];
  readonly whitelist: readonly Fields[];
  readonly timeZone: string;
}

export function windowOf(stage: StageConfig): Window & Fields {
  const given = (stage['restrictedExecutionWindow'] ?? {}) as Fields;
  const { days, whitelist, timeZone } = given;
  return {
    ...given,
    days: Array.isArray(days) ? (days as unknown[]).filter((day) => typeof day === 'number') : [],
    whitelist: Array.isArray(whitelist) ? (whitelist as Fields[]) : [],
    timeZone: typeof timeZone === 'string' ? timeZone : '',
  };
}

/** So that many do not begin at once; null where they may. */
export interface Jitter {
  readonly minDelay: number;
  readonly maxDelay: number;
  readonly skipManual: boolean;
}

export function jitterOf(window: Fields): Jitter | null {
  const given = window['jitter'];
  if (typeof given !== 'object' || given === null) return null;
  const { enabled, minDelay, maxDelay, skipManual } = given as Fields;
  if (enabled !== true) return null;
  const seconds = (value: unknown): number => {
    const number = Number(value ?? 0);
    return Number.isFinite(number) ? number : 0;
  };
  return { minDelay: seconds(minDelay), maxDelay: seconds(maxDelay), skipManual: skipManual === true };
}

/** As documents have it; undefined where it is taken away. */
export const writeJitter = (jitter: Jitter | null): Fields | undefined =>
  jitter === null ? undefined : { enabled: true, ...jitter };

/** Working hours where the reader is. */
export const usualWindow = (): Fields => ({
  days: [2, 3, 4, 5, 6],
  whitelist: writeHours([{ start: '09:00', end: '17:00' }]),
  timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
});

const two = (value: unknown): string => String(typeof value === 'number' ? value : 0).padStart(2, '0');

export const hoursOf = (whitelist: readonly Fields[]): readonly Hours[] =>
  whitelist.map((span) => ({
    start: `${two(span['startHour'])}:${two(span['startMin'])}`,
    // The end of the day is 24:00 in documents; a time field has no such time.
    end: span['endHour'] === 24 ? '00:00' : `${two(span['endHour'])}:${two(span['endMin'])}`,
  }));

export function readTime(text: string): readonly [hour: number, minute: number] | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

/** An end before its start is on the next day, so midnight as an end needs no word of its own. */
export const writeHours = (hours: readonly Hours[]): readonly Fields[] =>
  hours.flatMap(({ start, end }) => {
    const [from, to] = [readTime(start), readTime(end)];
    if (from === null || to === null) return [];
    return [{ startHour: from[0], startMin: from[1], endHour: to[0], endMin: to[1] }];
  });
