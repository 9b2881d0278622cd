import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../../catalog/api.ts';
import { propertiesOf } from '../../catalog/columns.ts';
import { BlueprintSelect } from './basics-tab.tsx';
import { JsonBlock } from './fields.tsx';
import classes from './form-tab.module.css';
import type { InputPart } from './input-settings.tsx';
import { RuleList, simpleQuery } from './rule-list.tsx';
import { recordOf, textOf } from './use-action-editor.ts';

/** Which entities an entity input offers, and in which order. */
export function EntityFields({ definition, set, errorOf }: InputPart) {
  const { t } = useTranslation('action-editor');
  const items = recordOf(definition['items']);
  const many = items['format'] === 'entity';
  if (!many && definition['format'] !== 'entity') return null;
  const blueprint = textOf(items['blueprint']) || textOf(definition['blueprint']);
  const dataset = definition['dataset'] ?? items['dataset'];
  const inItems = definition['dataset'] === undefined && items['dataset'] !== undefined;
  const query = simpleQuery(dataset);
  const setDataset = (next: unknown): void =>
    inItems ? set('items', { ...items, dataset: next }) : set('dataset', next);
  return (
    <>
      <BlueprintSelect
        label={t('entity.blueprint')}
        value={blueprint}
        onChange={(next) => {
          if (!many) set('blueprint', next);
          else set('items', { ...items, blueprint: next });
        }}
      />
      <div className={classes['computed']}>
        <span className={classes['label']}>{t('entity.dataset')}</span>
        {query === undefined ? (
          <JsonBlock
            label={t('entity.datasetJson')}
            value={dataset}
            error={errorOf('dataset')}
            brokenText={undefined}
            onBroken={() => undefined}
            onChange={setDataset}
          />
        ) : (
          <RuleList
            label={t('entity.dataset')}
            blueprint={blueprint}
            query={query}
            computed
            onChange={(next) => setDataset(next.rules.length === 0 ? undefined : { ...recordOf(dataset), ...next })}
          />
        )}
      </div>
      <SortFields definition={definition} set={set} errorOf={errorOf} blueprint={blueprint} />
    </>
  );
}

function SortFields({ definition, set, errorOf, blueprint }: InputPart & { readonly blueprint: string }) {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const found = blueprints.find((one) => one.identifier === blueprint);
  const sort = recordOf(definition['sort']);
  const property = textOf(sort['property']);
  return (
    <div className={classes['two']}>
      <Select
        label={t('entity.sort')}
        error={errorOf('sort')}
        clearable
        searchable
        placeholder={t('entity.unsorted')}
        data={[
          { value: '$title', label: t('rules.meta.title') },
          { value: '$updatedAt', label: t('rules.meta.updatedAt') },
          ...(found === undefined ? [] : propertiesOf(found).map((one) => ({ value: one.key, label: one.title }))),
        ]}
        value={property === '' ? null : property}
        onChange={(next) => set('sort', next === null ? undefined : { order: 'ASC', ...sort, property: next })}
      />
      {property !== '' && (
        <Select
          label={t('entity.order')}
          allowDeselect={false}
          data={['ASC', 'DESC'].map((one) => ({ value: one, label: t(`entity.${one}`) }))}
          value={textOf(sort['order']) || 'ASC'}
          onChange={(order) => set('sort', { ...sort, order })}
        />
      )}
    </div>
  );
}
