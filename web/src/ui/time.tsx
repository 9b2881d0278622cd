import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "5 minutes ago" in the reader's language. */
export function relativeTime(at: Date, now: Date, language: string): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  // Soon is worth a figure (the next attempt, say), just now is not.
  return format.format(seconds > 1 ? Math.round(seconds) : 0, 'second');
}

/** "1 min 4 s" in the reader's language; tenths only below ten seconds. */
export function humanDuration(milliseconds: number, language: string): string {
  const total = Math.max(0, milliseconds) / 1000;
  const part = (value: number, unit: string, digits = 0): string =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (total < 10) return part(total, 'second', 1);
  const seconds = Math.round(total);
  if (seconds < 60) return part(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${part(minutes, 'minute')} ${part(seconds % 60, 'second')}`;
  return `${part(Math.floor(minutes / 60), 'hour')} ${part(minutes % 60, 'minute')}`;
}

/** Date and time to the second, in the reader's zone. */
export const exactTime = (at: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

const EVERY_MS = 20_000;

/** The present, renewed often enough for relative times. */
export function useNow(everyMs = EVERY_MS): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A relative time; the exact one on hover and for screen readers. */
export function RelativeTime({ at }: { readonly at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const exact = exactTime(date, i18n.language);
  return (
    <Tooltip label={exact}>
      <time dateTime={date.toISOString()} title="" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
        {relativeTime(date, now, i18n.language)}
      </time>
    </Tooltip>
  );
}
