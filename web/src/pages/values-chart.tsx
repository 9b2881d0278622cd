import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import classes from './chart.module.css';

export interface Slice {
  readonly key: string;
  readonly title: string;
  readonly count: number;
  readonly colour: string;
  /** Where the entities of this value are listed. */
  readonly filter: string | undefined;
}

interface ChartProps {
  readonly title: string;
  readonly slices: readonly Slice[];
  readonly blueprint: string;
}

function Target({ slice, blueprint, children }: { slice: Slice; blueprint: string; children: ReactNode }) {
  if (slice.filter === undefined) return <span className={classes['target']}>{children}</span>;
  return (
    <Link
      to="/catalog/$blueprint"
      params={{ blueprint }}
      search={{ filter: slice.filter } as never}
      className={classes['target']}
    >
      {children}
    </Link>
  );
}

const useNumber = (): ((value: number) => string) => {
  const { i18n } = useTranslation();
  const format = new Intl.NumberFormat(i18n.language);
  return (value) => format.format(value);
};

const RADIUS = 42;
const LENGTH = 2 * Math.PI * RADIUS;
const GAP = 1.5;

/** A ring whose parts stand in a list beside it, with their numbers: the list is what is read aloud and pressed. */
export function PieChart({ title, slices, blueprint }: ChartProps) {
  const number = useNumber();
  const total = slices.reduce((sum, slice) => sum + slice.count, 0);
  const starts = slices.map((_, index) => slices.slice(0, index).reduce((sum, slice) => sum + slice.count, 0));
  return (
    <div className={classes['pie']}>
      <svg viewBox="0 0 100 100" aria-hidden className={classes['ring']}>
        {slices.map((slice, index) => {
          const part = (slice.count / total) * LENGTH;
          const shown = slices.length === 1 ? part : Math.max(part - GAP, 0.8);
          return (
            <circle
              key={slice.key}
              cx={50}
              cy={50}
              r={RADIUS}
              fill="none"
              strokeWidth={13}
              style={{ stroke: slice.colour }}
              strokeDasharray={`${shown} ${LENGTH - shown}`}
              strokeDashoffset={LENGTH / 4 - ((starts[index] ?? 0) / total) * LENGTH}
            />
          );
        })}
        <text x={50} y={50} textAnchor="middle" dominantBaseline="central">
          {number(total)}
        </text>
      </svg>
      <ul aria-label={title} className={classes['legend']}>
        {slices.map((slice) => (
          <li key={slice.key}>
            <Target slice={slice} blueprint={blueprint}>
              <i style={{ background: slice.colour }} aria-hidden />
              <span>{slice.title}</span>
              <b>{number(slice.count)}</b>
              <small>{Math.round((slice.count / total) * 100)}%</small>
            </Target>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Bars that lie, so that every name has its room. */
export function BarChart({ title, slices, blueprint }: ChartProps) {
  const number = useNumber();
  const most = Math.max(...slices.map((slice) => slice.count), 1);
  return (
    <ul aria-label={title} className={classes['bars']}>
      {slices.map((slice) => (
        <li key={slice.key}>
          <Target slice={slice} blueprint={blueprint}>
            <span title={slice.title}>{slice.title}</span>
            <span className={classes['track']} aria-hidden>
              <i style={{ background: slice.colour, width: `${(slice.count / most) * 100}%` }} />
            </span>
            <b>{number(slice.count)}</b>
          </Target>
        </li>
      ))}
    </ul>
  );
}
