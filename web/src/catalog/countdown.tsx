import { Tooltip } from '@mantine/core';
import { IconHourglass, IconHourglassOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { exactTime, relativeTime, useNow } from '../ui/time.tsx';
import classes from './property-value.module.css';

const SECOND = 1000;
const sizes = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** What is left in its two largest units: "2 days, 4 hr". */
export function timeLeft(milliseconds: number, language: string): string {
  const total = Math.max(0, Math.floor(milliseconds / SECOND));
  const first = sizes.findIndex(([, size]) => total >= size);
  const from = first === -1 ? sizes.length - 1 : first;
  return sizes
    .slice(from, from + 2)
    .map(([unit, size], at) => {
      const value = Math.floor((at === 0 ? total : total % (sizes[from]?.[1] ?? 1)) / size);
      const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' });
      return format.format(value);
    })
    .join(' ');
}

/** A timer: what is left of it, second by second, or since when it has run out. */
export function Countdown({ at }: { readonly at: string }) {
  const { t, i18n } = useTranslation('catalog');
  const now = useNow(SECOND);
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const left = date.getTime() - now.getTime();
  const Mark = left > 0 ? IconHourglass : IconHourglassOff;
  return (
    <Tooltip label={exactTime(date, i18n.language)}>
      <time dateTime={date.toISOString()} className={classes['timer']} data-over={left <= 0 || undefined}>
        <Mark size={15} aria-hidden />
        {left > 0
          ? t('value.left', { time: timeLeft(left, i18n.language) })
          : t('value.over', { time: relativeTime(date, now, i18n.language) })}
      </time>
    </Tooltip>
  );
}
