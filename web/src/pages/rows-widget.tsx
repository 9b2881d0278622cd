import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../api/wire.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { useEntityColumns } from '../catalog/entity-columns.tsx';
import { scorecardsQuery } from '../scorecards/api.ts';
import type { WidgetAnswer } from './api.ts';
import { isObject, textOf, textsOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

type Rows = Extract<WidgetAnswer, { kind: 'rows' }>;
interface RowsProps {
  readonly widget: Widget;
  readonly answer: Rows;
  readonly title: string;
}

const none: readonly Scorecard[] = [];

/** The first rows of a table; all of them are a step away, in the catalog. */
export function RowsWidget(props: RowsProps) {
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const blueprint = blueprints.find((one) => one.identifier === props.answer.blueprint);
  return blueprint === undefined ? null : <Rows {...props} blueprint={blueprint} />;
}

const COLUMNS = 7;

/** Which columns a table shows: those it names, or all but those it hides, as many as there is room for. */
export function shownColumns(widget: Widget, blueprint: string, keys: readonly string[]): readonly string[] {
  const config = isObject(widget['blueprintConfig']) ? widget['blueprintConfig'][blueprint] : undefined;
  const settings = isObject(config) ? config['propertiesSettings'] : undefined;
  const shown = textsOf(isObject(settings) ? settings['shown'] : undefined);
  if (shown.length > 0) return ['$title', ...shown.filter((key) => key !== '$title' && keys.includes(key))];
  const hidden = new Set([
    ...textsOf(isObject(settings) ? settings['hidden'] : []),
    ...textsOf(widget['excludedFields']),
  ]);
  return keys.filter((key) => !hidden.has(key)).slice(0, COLUMNS);
}

function Rows({ widget, answer, title, blueprint }: RowsProps & { readonly blueprint: Blueprint }) {
  const { t } = useTranslation('pages');
  const { data: scorecards = none } = useQuery(scorecardsQuery);
  const all = useEntityColumns(
    blueprint,
    scorecards.filter((one) => one.blueprint === blueprint.identifier),
  );
  if (answer.entities.length === 0) {
    return <p className={classes['nothing']}>{textOf(widget, 'emptyStateText') || t('widget.nothing')}</p>;
  }
  const keys = shownColumns(
    widget,
    blueprint.identifier,
    all.map((column) => column.key),
  );
  const columns = keys.flatMap((key) => all.find((column) => column.key === key) ?? []);
  return (
    <>
      <table className={classes['table']}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.entities.map((entity) => (
            <tr key={entity.identifier}>
              {columns.map((column) => (
                <td key={column.key}>{column.cell(entity)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes['more']}>
        <Link to="/catalog/$blueprint" params={{ blueprint: blueprint.identifier }}>
          {t('widget.allRows', { count: answer.count, blueprint: blueprint.title })}
        </Link>
      </p>
    </>
  );
}
