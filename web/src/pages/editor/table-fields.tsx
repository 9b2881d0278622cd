import { MultiSelect, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Json } from '../../api/wire.ts';
import classes from '../board.module.css';
import { blueprintOf, isObject, listOf, textOf, textsOf } from '../widget.ts';
import { About, asOptions } from './catalog-fields.tsx';
import type { FieldsProps } from './widget-panel.tsx';

interface TableFieldsProps extends FieldsProps {
  /** The blueprint of tables that are always about the same one. */
  readonly of?: string | undefined;
}

export function TableFields({ widget, set, of }: TableFieldsProps) {
  const { t } = useTranslation('pages');
  const name = of ?? blueprintOf(widget) ?? '';
  const config = isObject(widget['blueprintConfig']) ? widget['blueprintConfig'][name] : undefined;
  const own = isObject(config) ? config : {};
  const settings = isObject(own['propertiesSettings']) ? own['propertiesSettings'] : {};
  const put = (change: Record<string, Json>): void => set({ blueprintConfig: { [name]: { ...own, ...change } } });
  const sort = isObject(own['sortSettings']) ? own['sortSettings']['sortBy'] : undefined;
  const [first] = listOf(sort);
  const sorted = first === undefined ? '' : textOf(first, 'property');
  const order = first?.['order'] === 'desc' ? 'desc' : 'asc';
  const putSort = (property: string, direction: string): void =>
    put({ sortSettings: { sortBy: [{ property, order: direction }] } });
  return (
    <About widget={widget} set={set} of={of} reset={{ blueprintConfig: undefined }}>
      {(_, fields) => (
        <>
          <MultiSelect
            label={t('panel.columns')}
            placeholder={t('panel.columnsHelp')}
            data={[...asOptions(fields.filter((field) => field.key !== '$title' && field.key !== '$createdAt'))]}
            value={textsOf(settings['shown']).filter((key) => key !== '$title')}
            onChange={(shown) => put({ propertiesSettings: { ...settings, shown } })}
          />
          <div className={classes['pair']}>
            <Select
              label={t('panel.sort')}
              data={[...asOptions(fields.filter((field) => field.kind !== 'level' && field.kind !== 'relation'))]}
              value={sorted || '$title'}
              allowDeselect={false}
              onChange={(value) => value !== null && putSort(value, order)}
            />
            <Select
              label={t('panel.order')}
              data={[
                { value: 'asc', label: t('panel.asc') },
                { value: 'desc', label: t('panel.desc') },
              ]}
              value={order}
              allowDeselect={false}
              onChange={(value) => value !== null && putSort(sorted || '$title', value)}
            />
          </div>
        </>
      )}
    </About>
  );
}
