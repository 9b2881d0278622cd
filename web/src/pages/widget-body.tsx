import { IconAlertTriangle, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../catalog/api.ts';
import { propertiesOf } from '../catalog/columns.ts';
import { writeConditions } from '../catalog/conditions.ts';
import { withWords } from '../i18n/i18n.ts';
import { scorecardsQuery } from '../scorecards/api.ts';
import { RowSkeletons } from '../ui/states.tsx';
import { ActionsWidget } from './actions-widget.tsx';
import type { WidgetAnswer } from './api.ts';
import { coloursOf } from './colours.ts';
import { FrameWidget } from './frame-widget.tsx';
import { AuditWidget, EntityLines, RunsWidget, UsedActions, ViewedEntities } from './list-widgets.tsx';
import { LineChart } from './line-chart.tsx';
import { NumberWidget } from './number-widget.tsx';
import { RowsWidget } from './rows-widget.tsx';
import { useFill } from './templates-of-text.ts';
import { BarChart, PieChart, type Slice } from './values-chart.tsx';
import { blueprintOf, listOf, textOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

const Markdown = lazyPart(async () => ({ default: (await import('../ui/markdown.tsx')).Markdown }));

/** Bodies that reach the frame's border. */
export const isFlush = ({ type }: Widget): boolean => flush.has(type);

const flush: ReadonlySet<string> = new Set(
  `table-entities-explorer iframe-widget users-table teams-table my-entities recently-viewed-entities runs-table
  action-runs-table-widget table-audit-log`.split(/\s+/),
);

export function FailedWidget({ message }: { readonly message: string }) {
  return (
    <p className={classes['failed']} role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      <span>{message}</span>
    </p>
  );
}

interface WidgetBodyProps {
  readonly widget: Widget;
  readonly answer: WidgetAnswer | undefined;
  readonly title: string;
}

export function WidgetBody({ widget, answer, title }: WidgetBodyProps) {
  if (answer !== undefined && !answer.ok) return <FailedWidget message={answer.message} />;
  switch (answer?.kind) {
    case 'number':
      return <NumberWidget widget={widget} figure={answer.figure} />;
    case 'values':
      return <ValuesWidget widget={widget} answer={answer} title={title} />;
    case 'series':
      return <SeriesWidget widget={widget} points={answer.series.data} title={title} />;
    case 'rows':
      return <RowsWidget widget={widget} answer={answer} title={title} />;
    case 'entities':
      return <EntityLines widget={widget} entities={answer.entities} />;
    case 'text':
      return <TextWidget text={answer.text} />;
    default:
      return <OwnBody widget={widget} title={title} />;
  }
}

/** Widgets that ask the server for nothing. */
function OwnBody({ widget, title }: { readonly widget: Widget; readonly title: string }) {
  const { t } = useTranslation('pages');
  const fill = useFill();
  switch (widget.type) {
    case 'markdown':
      return <TextWidget text={fill(textOf(widget, 'markdown'))} />;
    case 'links-widget':
      return <LinksWidget widget={widget} />;
    case 'iframe-widget':
      return <FrameWidget widget={widget} title={title} />;
    case 'action-card-widget':
      return <ActionsWidget widget={widget} />;
    case 'runs-table':
    case 'action-runs-table-widget':
      return <RunsWidget widget={widget} />;
    case 'table-audit-log':
      return <AuditWidget />;
    case 'recently-viewed-entities':
      return <ViewedEntities widget={widget} />;
    case 'recently-used-actions':
      return <UsedActions widget={widget} />;
    default:
      if (!ofEntity.has(widget.type))
        return <p className={classes['nothing']}>{t('widget.notDrawn', { type: widget.type })}</p>;
      return (
        <Suspense fallback={<RowSkeletons rows={3} />}>
          <EntityWidget widget={widget} />
        </Suspense>
      );
  }
}

const EntityWidget = lazyPart(
  withWords(async () => ({ default: (await import('./entity-widgets.tsx')).EntityWidget }), 'entity', 'exemptions'),
);

/** Widgets about the entity that the page is looked at for. */
const ofEntity: ReadonlySet<string> = new Set(
  `entity-info entity-details entity-card user-info team-info graph-entities-explorer
  table-entities-explorer-by-direction`.split(/\s+/),
);

export const isOfEntity = ({ type }: Widget): boolean => ofEntity.has(type);

function Nothing({ widget }: { readonly widget: Widget }) {
  const { t } = useTranslation('pages');
  return <p className={classes['nothing']}>{textOf(widget, 'emptyStateText') || t('widget.nothing')}</p>;
}

type Values = Extract<WidgetAnswer, { kind: 'values' }>;
const SLICES = 9;

function ValuesWidget({ widget, answer, title }: { widget: Widget; answer: Values; title: string }) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  if (answer.values.length === 0) return <Nothing widget={widget} />;
  const name = blueprintOf(widget) ?? '';
  const field = textOf(widget, 'property');
  const isPie = widget.type === 'entities-pie-chart';
  const shown = isPie ? answer.values.slice(0, SLICES) : answer.values;
  const colours = coloursOf(
    { field, isPie },
    shown.map(({ value }) => value),
    blueprints.find((one) => one.identifier === name),
    scorecards,
  );
  const slices = shown.map(({ value, count }): Slice => ({
    key: value ?? '',
    title: value ?? t('widget.noValue'),
    count,
    colour: colours.get(value) ?? '',
    filter: writeConditions([
      value === null ? { field, operator: 'isEmpty', values: [] } : { field, operator: 'in', values: [value] },
    ]),
  }));
  const rest = answer.values.slice(shown.length).reduce((sum, { count }) => sum + count, 0);
  const others: Slice = {
    key: 'others',
    title: t('widget.others', { count: answer.values.length - shown.length }),
    count: rest,
    colour: 'var(--q-dark-gray-mark)',
    filter: undefined,
  };
  const Chart = isPie ? PieChart : BarChart;
  return <Chart title={title} slices={rest === 0 ? slices : [...slices, others]} blueprint={name} />;
}

type Series = Extract<WidgetAnswer, { kind: 'series' }>['series'];

function SeriesWidget({ widget, points, title }: { widget: Widget; points: Series['data']; title: string }) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const names = [...new Set(points.flatMap((point) => Object.keys(point)))].filter((name) => name !== 'date');
  if (names.length === 0) return <Nothing widget={widget} />;
  const blueprint = blueprints.find((one) => one.identifier === blueprintOf(widget));
  const titles = new Map((blueprint === undefined ? [] : propertiesOf(blueprint)).map((one) => [one.key, one.title]));
  const titleOf = (name: string): string =>
    titles.get(name) ?? (name === 'count' ? (blueprint?.title ?? t('widget.count')) : name);
  return (
    <LineChart
      title={title}
      points={points}
      names={names.slice(0, 11)}
      titleOf={titleOf}
      byHour={widget['timeInterval'] === 'hour'}
    />
  );
}

function TextWidget({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<span>{text}</span>}>
      <Markdown value={text} />
    </Suspense>
  );
}

const linkAddress = /^(https?:\/\/|mailto:|\/(?!\/))/i;

function LinksWidget({ widget }: { readonly widget: Widget }) {
  const fill = useFill();
  return (
    <ul className={classes['links']}>
      {listOf(widget['links']).map((link, index) => {
        const url = fill(textOf(link, 'url'), encodeURIComponent);
        const isOwn = url.startsWith('/');
        return (
          <li key={index}>
            <a
              href={linkAddress.test(url) ? url : undefined}
              {...(isOwn ? {} : { target: '_blank', rel: 'noreferrer' })}
            >
              <span>
                {fill(textOf(link, 'title'))}
                {textOf(link, 'description') !== '' && <small>{fill(textOf(link, 'description'))}</small>}
              </span>
              {!isOwn && <IconExternalLink size={13} aria-hidden />}
            </a>
          </li>
        );
      })}
    </ul>
  );
}
