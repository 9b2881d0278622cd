import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { isJsonObject } from '#platform/json.ts';
import { asNumber } from './stages/field-rules.ts';

/** When a stage may begin: days of the week from Sunday = 1, and hours of the day; either may be empty. */
export interface ExecutionWindow {
  readonly days: readonly number[];
  /** In minutes of the day; an end before its start is on the next day. */
  readonly hours: readonly { readonly start: number; readonly end: number }[];
  readonly timeZone: string;
  /** So that many do not begin at once when it opens. */
  readonly jitter: Jitter | null;
}

interface Jitter {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Whoever starts a pipeline by hand does not wait for it. */
  readonly skipManual: boolean;
}

const minutesPerHour = 60;
const minutesPerDay = 1_440;
const daysLookedAhead = 9;

/** Reads Spinnaker's `restrictedExecutionWindow`; null when it restricts nothing, a text when it cannot be read. */
export function readWindow(given: unknown): ExecutionWindow | string | null {
  if (given === undefined || given === null) return null;
  if (!isJsonObject(given)) return 'must be an object.';
  const timeZone = given['timeZone'] ?? 'UTC';
  if (typeof timeZone !== 'string' || !DateTime.utc().setZone(timeZone).isValid)
    return `has the unknown time zone ${JSON.stringify(timeZone)}.`;
  const days = given['days'] ?? [];
  if (!areDays(days)) return 'must name days as numbers from 1 (Sunday) to 7.';
  const hours = readHours(given['whitelist'] ?? []);
  if (hours === null) return 'must have hours from 0 to 23 and minutes from 0 to 59.';
  const jitter = readJitter(given['jitter']);
  if (typeof jitter === 'string') return jitter;
  const isOpen = days.length === 0 && hours.length === 0 && jitter === null;
  return isOpen ? null : { days, hours, timeZone, jitter };
}

function areDays(given: unknown): given is readonly number[] {
  return Array.isArray(given) && given.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
}

/** Seconds from one to another. */
function readJitter(given: unknown): Jitter | string | null {
  if (!isJsonObject(given) || given['enabled'] !== true) return null;
  const [least, most] = [asNumber(given['minDelay'] ?? 0), asNumber(given['maxDelay'] ?? 0)];
  const reads = least !== null && most !== null && least >= 0 && most >= least && most <= longestJitterSeconds;
  if (!reads) return 'must have a jitter from minDelay to maxDelay, in seconds of at most a day.';
  return { leastMs: least * 1000, mostMs: most * 1000, skipManual: given['skipManual'] === true };
}

const longestJitterSeconds = 86_400;

/** How much later than the window allows a stage begins: by chance, but the same whenever it is asked about it. */
export function jitterOf({ jitter }: ExecutionWindow, seed: string, triggerType: string): number {
  if (jitter === null || (jitter.skipManual && triggerType === 'manual')) return 0;
  const chance = createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
  return Math.round(jitter.leastMs + chance * (jitter.mostMs - jitter.leastMs));
}

function readHours(given: unknown): { start: number; end: number }[] | null {
  if (!Array.isArray(given)) return null;
  const spans: { start: number; end: number }[] = [];
  for (const span of given as unknown[]) {
    if (!isJsonObject(span)) return null;
    const [startHour, startMin, endHour, endMin] = ['startHour', 'startMin', 'endHour', 'endMin'].map(
      (key) => span[key] ?? 0,
    );
    if (!isWithin(startHour, 24) || !isWithin(endHour, 25) || !isWithin(startMin, 60) || !isWithin(endMin, 60))
      return null;
    spans.push({ start: startHour * minutesPerHour + startMin, end: endHour * minutesPerHour + endMin });
  }
  return spans;
}

function isWithin(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit;
}

/** The first instant from `now` on that lies in the window: `now` itself when it does. Null when no such instant comes. */
export function windowOpensAt(window: ExecutionWindow, now: Date): Date | null {
  const local = DateTime.fromJSDate(now, { zone: window.timeZone });
  // A span over midnight belongs to the day on which it begins.
  for (let ahead = -1; ahead <= daysLookedAhead; ahead += 1) {
    const day = local.startOf('day').plus({ days: ahead });
    if (window.days.length > 0 && !window.days.includes((day.weekday % 7) + 1)) continue;
    const spans = window.hours.length === 0 ? [{ start: 0, end: minutesPerDay }] : window.hours;
    for (const { start, end } of spans.toSorted((left, right) => left.start - right.start)) {
      const opens = atMinute(day, start);
      const closes = atMinute(end <= start ? day.plus({ days: 1 }) : day, end);
      if (closes.toMillis() <= now.getTime()) continue;
      return opens.toMillis() <= now.getTime() ? now : opens.toJSDate();
    }
  }
  return null;
}

function atMinute(day: DateTime, minute: number): DateTime {
  if (minute >= minutesPerDay) return day.plus({ days: 1 }).startOf('day');
  return day.set({ hour: Math.floor(minute / minutesPerHour), minute: minute % minutesPerHour });
}
