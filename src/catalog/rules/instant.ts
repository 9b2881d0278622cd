const shape = /^(?!0000)\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const dayMs = 86_400_000;

/** A date or date-time as written in rules as an ISO text in UTC, or null. Without a zone it is meant in UTC. */
export function readInstant(text: string): string | null {
  const found = text.length > 40 ? null : shape.exec(text);
  if (found === null) return null;
  const zoned = found[1] === undefined && text.includes(':') ? `${text}Z` : text;
  const time = Date.parse(zoned.toUpperCase());
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

const rollingDays: ReadonlyMap<string, number> = new Map([
  ['Day', 1],
  ['Week', 7],
  ['2Weeks', 14],
  ['Month', 30],
  ['3Months', 90],
  ['6Months', 180],
  ['12Months', 365],
  ['2Years', 730],
  ['3Years', 1095],
]);
const calendarDays: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
]);

export const presets: readonly string[] = [
  ...calendarDays.keys(),
  ...['last', 'next'].flatMap((side) => [...rollingDays.keys()].map((span) => `${side}${span}`)),
];

/** Both ends belong to the range. `last…` and `next…` roll with `now`; the others are calendar days in UTC. */
export function presetRange(preset: string, now: Date): { readonly from: string; readonly to: string } {
  const iso = (time: number): string => new Date(time).toISOString();
  const offset = calendarDays.get(preset);
  if (offset !== undefined) {
    const start = Math.floor(now.getTime() / dayMs + offset) * dayMs;
    return { from: iso(start), to: iso(start + dayMs - 1) };
  }
  const span = (rollingDays.get(preset.slice(4)) ?? 0) * dayMs;
  const time = now.getTime();
  return preset.startsWith('last')
    ? { from: iso(time - span), to: iso(time) }
    : { from: iso(time), to: iso(time + span) };
}

/** How far from a value, or from the beginning of its day, the instants are at which it enters and leaves a preset. */
export function presetSteps(preset: string): readonly { readonly ofDay: boolean; readonly milliseconds: number }[] {
  const offset = calendarDays.get(preset);
  if (offset !== undefined) {
    return [-offset, 1 - offset].map((days) => ({ ofDay: true, milliseconds: days * dayMs }));
  }
  const span = (rollingDays.get(preset.slice(4)) ?? 0) * dayMs;
  // The last instant belongs to the range: it is left with the millisecond behind it.
  const steps = preset.startsWith('last') ? [0, span + 1] : [-span, 1];
  return steps.map((milliseconds) => ({ ofDay: false, milliseconds }));
}
