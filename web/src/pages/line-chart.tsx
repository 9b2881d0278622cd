import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Point } from './api.ts';
import classes from './chart.module.css';
import { seriesColour } from './colours.ts';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 26;
const LINES = 4;

/** Round numbers at or above the largest value, from zero or, below it, from the smallest. */
export function scaleOf(values: readonly number[]): { readonly min: number; readonly max: number } {
  const top = Math.max(...values, 0);
  const bottom = Math.min(...values, 0);
  const span = top - bottom || 1;
  const step = 10 ** Math.floor(Math.log10(span / LINES));
  const nice = [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((one) => one * LINES >= span) ?? span / LINES;
  const min = bottom === 0 ? 0 : Math.floor(bottom / nice) * nice;
  return { min, max: min + nice * Math.max(LINES, Math.ceil((top - min) / nice)) };
}

interface LineChartProps {
  readonly title: string;
  readonly points: readonly Point[];
  readonly names: readonly string[];
  /** What a series is called. */
  readonly titleOf: (name: string) => string;
  /** Longer than a day for an interval: the hour is of no interest. */
  readonly byHour: boolean;
}

/** Lines over time; the same numbers stand in a table for those who do not see them. */
export function LineChart({ title, points, names, titleOf, byHour }: LineChartProps) {
  const { i18n, t } = useTranslation('pages');
  const [at, setAt] = useState<number>();
  const label = useId();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 });
  const day = new Intl.DateTimeFormat(i18n.language, {
    month: 'short',
    day: 'numeric',
    ...(byHour ? { hour: '2-digit', minute: '2-digit' } : {}),
  });
  const values = points.flatMap((point) => names.flatMap((name) => point[name] ?? []));
  const { min, max } = scaleOf(values);
  const x = (index: number): number => LEFT + (index / Math.max(points.length - 1, 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - (value - min) / (max - min)) * (HEIGHT - TOP - BOTTOM);
  const lines = Array.from({ length: LINES + 1 }, (_, index) => min + ((max - min) / LINES) * index);
  const every = Math.max(1, Math.ceil(points.length / 6));
  const shown = at === undefined ? undefined : points[at];
  return (
    <figure className={classes['line']} aria-labelledby={label}>
      <figcaption id={label} className="visually-hidden">
        {title}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        aria-hidden
        onPointerLeave={() => setAt(undefined)}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const place = ((event.clientX - box.left) / box.width) * WIDTH;
          const index = Math.round(((place - LEFT) / (WIDTH - LEFT - RIGHT)) * (points.length - 1));
          setAt(Math.min(Math.max(index, 0), points.length - 1));
        }}
      >
        {lines.map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} className={classes['grid']} />
            <text x={LEFT - 8} y={y(value)} textAnchor="end" dominantBaseline="central">
              {number.format(value)}
            </text>
          </g>
        ))}
        {points.map((point, index) =>
          index % every === 0 ? (
            <text key={point.date} x={x(index)} y={HEIGHT - 8} textAnchor={index === 0 ? 'start' : 'middle'}>
              {day.format(point.date)}
            </text>
          ) : null,
        )}
        {at !== undefined && <line x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} className={classes['cursor']} />}
        {names.map((name, series) => {
          const path = points
            .flatMap((point, index) => (point[name] === undefined ? [] : [`${x(index)},${y(point[name])}`]))
            .join(' ');
          return (
            <polyline key={name} points={path} fill="none" strokeWidth={2} style={{ stroke: seriesColour(series) }} />
          );
        })}
      </svg>
      <div className={classes['series']} aria-hidden>
        {shown !== undefined && <em>{day.format(shown.date)}</em>}
        {names.map((name, series) => (
          <span key={name}>
            <i style={{ background: seriesColour(series) }} />
            {titleOf(name)}
            {shown?.[name] !== undefined && <b>{number.format(shown[name])}</b>}
          </span>
        ))}
      </div>
      <table className="visually-hidden">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t('widget.date')}</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {titleOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.date}>
              <th scope="row">{day.format(point.date)}</th>
              {names.map((name) => (
                <td key={name}>{point[name] === undefined ? '–' : number.format(point[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
