import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json, PropertySchema, Scorecard } from '../../api/wire.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { propertiesOf } from '../columns.ts';
import { PropertyValue } from '../property-value.tsx';
import type { BulkFailure, BulkPreview } from './bulk-api.ts';
import classes from './bulk.module.css';

interface ChangesTableProps {
  readonly preview: BulkPreview;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
}

const text: PropertySchema = { type: 'string' };

/** The first entities with what differs, before and after. */
export function ChangesTable({ preview, blueprint, scorecards }: ChangesTableProps) {
  const { t } = useTranslation(['table', 'catalog']);
  const properties = new Map(propertiesOf(blueprint).map((one) => [one.key, one]));
  const titleOf = (key: string): string => {
    if (key.startsWith('level:')) {
      return scorecards.find((one) => `level:${one.identifier}` === key)?.title ?? key.slice('level:'.length);
    }
    if (key === '$team') return t('catalog:team.title');
    return properties.get(key)?.title ?? blueprint.relations[key]?.title ?? key;
  };
  const value = (key: string, one: Json | undefined) => (
    <PropertyValue
      value={Array.isArray(one) && !properties.has(key) ? one.join(', ') : (one ?? null)}
      schema={properties.get(key)?.schema ?? text}
      compact
    />
  );
  return (
    <section className={classes['section']}>
      <h3>{t('bulk.changes')}</h3>
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label={t('bulk.changes')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('bulk.entity')}</th>
              <th scope="col">{t('bulk.field')}</th>
              <th scope="col">{t('bulk.beforeAfter')}</th>
            </tr>
          </thead>
          <tbody>
            {preview.changes.map(({ identifier, title, changes }) =>
              changes.map(({ key, before, after }, index) => (
                <tr key={`${identifier} ${key}`}>
                  {index === 0 && (
                    <th scope="rowgroup" rowSpan={changes.length}>
                      {title}
                    </th>
                  )}
                  <td>{titleOf(key)}</td>
                  <td>
                    <span className={classes['change']}>
                      {value(key, before)} <IconArrowRight size={14} aria-label={t('bulk.becomes')} />{' '}
                      {value(key, after)}
                    </span>
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      {preview.changes.length < preview.changed && (
        <p className={classes['calm']}>{t('bulk.moreChanges', { count: preview.changed - preview.changes.length })}</p>
      )}
    </section>
  );
}

/** What is refused, put together by the reason. */
export function Refusals({ failures, count }: { readonly failures: readonly BulkFailure[]; readonly count: number }) {
  const { t } = useTranslation('table');
  if (failures.length === 0) return null;
  return (
    <section className={classes['section']}>
      <h3>{t('bulk.refused')}</h3>
      <ul className={classes['failures']} tabIndex={0} aria-label={t('bulk.refused')}>
        {failures.map(({ identifier, message, statusCode }) => (
          <li key={identifier}>
            <Identifier value={identifier} />
            <span>
              {message} <small>({statusCode})</small>
            </span>
          </li>
        ))}
      </ul>
      {failures.length < count && (
        <p className={classes['calm']}>{t('bulk.moreRefused', { count: count - failures.length })}</p>
      )}
    </section>
  );
}
