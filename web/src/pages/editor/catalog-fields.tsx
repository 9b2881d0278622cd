import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Json } from '../../api/wire.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import { propertiesOf } from '../../catalog/columns.ts';
import { type Field, presets, rulesOf } from '../../catalog/conditions.ts';
import { FilterBar } from '../../catalog/filter-bar.tsx';
import classes from '../board.module.css';
import { useFields } from '../page-filters.tsx';
import { blueprintOf, isObject, textOf, textsOf } from '../widget.ts';
import { conditionsOf } from './dataset-conditions.ts';
import type { FieldsProps } from './widget-panel.tsx';

const everything = { combinator: 'and', rules: [] };

interface AboutProps extends FieldsProps {
  /** The blueprint, where there is no choice. */
  readonly of?: string | undefined;
  /** What goes with the old blueprint. */
  readonly reset?: Readonly<Record<string, Json | undefined>>;
  readonly children: (blueprint: Blueprint, fields: readonly Field[]) => ReactNode;
}

/** What the widget is about: a blueprint and which of its entities; then whatever is asked about them. */
export function About({ widget, set, of, reset, children }: AboutProps) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const name = of ?? blueprintOf(widget);
  const blueprint = blueprints.find((one) => one.identifier === name);
  const fields = useFields(blueprint);
  const conditions = conditionsOf(widget);
  return (
    <>
      {of === undefined && (
        <Select
          label={t('panel.blueprint')}
          data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
          value={blueprint?.identifier ?? null}
          onChange={(next) => next !== null && set({ ...reset, blueprint: next, dataset: everything })}
          allowDeselect={false}
          searchable
        />
      )}
      {blueprint !== undefined && children(blueprint, fields)}
      {blueprint !== undefined && (
        <div>
          <p className={classes['label']}>{t('panel.only')}</p>
          {conditions === null ? (
            <p>{t('panel.datasetJson')}</p>
          ) : (
            <div className={classes['bar']}>
              <FilterBar
                blueprint={blueprint}
                fields={fields}
                conditions={conditions}
                q=""
                onChange={(next) =>
                  set({ dataset: { combinator: 'and', rules: rulesOf(next, blueprint) as unknown as Json } })
                }
              />
            </div>
          )}
        </div>
      )}
    </>
  );
}

interface ChoiceProps extends FieldsProps {
  readonly name: string;
  readonly label: string;
  readonly data: readonly { readonly value: string; readonly label: string }[];
  readonly first?: string;
}

function Choice({ widget, set, name, label, data, first }: ChoiceProps) {
  return (
    <Select
      label={label}
      data={[...data]}
      value={textOf(widget, name) || (first ?? null)}
      onChange={(value) => value !== null && set({ [name]: value })}
      allowDeselect={false}
    />
  );
}

const numbersOf = (blueprint: Blueprint): readonly { value: string; label: string }[] =>
  propertiesOf(blueprint)
    .filter(({ schema }) => schema.type === 'number')
    .map(({ key, title }) => ({ value: key, label: title }));

export const asOptions = (fields: readonly Field[]): readonly { value: string; label: string }[] =>
  fields.map((field) => ({ value: field.key, label: field.title }));

const countable: ReadonlySet<string> = new Set(['choice', 'boolean', 'list', 'relation', 'level', 'text']);

export function NumberFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const functions = ['count', 'sum', 'average', 'median', 'min', 'max'];
  const func = textOf(widget, 'func') || 'count';
  const unit = textOf(widget, 'unit') || 'none';
  return (
    <About widget={widget} set={set} reset={{ func: 'count', calculationBy: 'entities', property: undefined }}>
      {(blueprint) => (
        <>
          <Select
            label={t('panel.func')}
            data={functions.map((value) => ({ value, label: t(`func.${value}` as never) }))}
            value={func}
            allowDeselect={false}
            onChange={(value) => {
              if (value === 'count') set({ func: 'count', calculationBy: 'entities', property: undefined });
              else if (value !== null)
                set({
                  func: value,
                  calculationBy: 'property',
                  property: textOf(widget, 'property') || numbersOf(blueprint)[0]?.value,
                });
            }}
          />
          {func !== 'count' && (
            <Choice widget={widget} set={set} name="property" label={t('panel.property')} data={numbersOf(blueprint)} />
          )}
          <div className={classes['pair']}>
            <Choice
              widget={widget}
              set={set}
              name="unit"
              label={t('panel.unit')}
              first="none"
              data={['none', '%', '$', '€', '£', 'custom'].map((value) => ({
                value,
                label: value === 'none' || value === 'custom' ? t(`unit.${value}`) : value,
              }))}
            />
            {unit === 'custom' && (
              <TextInput
                label={t('panel.unitCustom')}
                value={textOf(widget, 'unitCustom')}
                maxLength={20}
                onChange={(event) => set({ unitCustom: event.currentTarget.value })}
              />
            )}
          </div>
        </>
      )}
    </About>
  );
}

export function ChartFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  return (
    <About widget={widget} set={set} reset={{ property: '$team' }}>
      {(_, fields) => (
        <Choice
          widget={widget}
          set={set}
          name="property"
          label={t('panel.by')}
          data={asOptions(fields.filter((field) => countable.has(field.kind) && field.key !== '$title'))}
        />
      )}
    </About>
  );
}

export function LineFields({ widget, set }: FieldsProps) {
  const { t } = useTranslation('pages');
  const counts = textOf(widget, 'chartType') !== 'aggregatePropertiesValues';
  const range = isObject(widget['timeRange']) ? textOf(widget['timeRange'], 'preset') : '';
  return (
    <About
      widget={widget}
      set={set}
      reset={{
        measureTimeBy: '$createdAt',
        breakdownProperty: undefined,
        properties: undefined,
        chartType: 'countEntities',
        func: 'count',
      }}
    >
      {(blueprint, fields) => (
        <>
          <Select
            label={t('panel.measure')}
            data={[
              { value: 'countEntities', label: t('panel.countEntities') },
              { value: 'aggregatePropertiesValues', label: t('panel.aggregate') },
            ]}
            value={counts ? 'countEntities' : 'aggregatePropertiesValues'}
            allowDeselect={false}
            onChange={(value) =>
              value === 'countEntities'
                ? set({ chartType: value, func: 'count', properties: undefined })
                : set({
                    chartType: 'aggregatePropertiesValues',
                    func: 'average',
                    breakdownProperty: undefined,
                    properties: numbersOf(blueprint)
                      .slice(0, 1)
                      .map((one) => one.value),
                  })
            }
          />
          {counts ? (
            <Select
              label={t('panel.breakdown')}
              placeholder={t('panel.none')}
              data={[...asOptions(fields.filter((field) => field.kind === 'choice' || field.kind === 'boolean'))]}
              value={textOf(widget, 'breakdownProperty') || null}
              onChange={(value) => set({ breakdownProperty: value ?? undefined })}
              clearable
            />
          ) : (
            <>
              <Choice
                widget={widget}
                set={set}
                name="func"
                label={t('panel.func')}
                data={['average', 'sum', 'median', 'min', 'max', 'last'].map((value) => ({
                  value,
                  label: t(`func.${value}` as never),
                }))}
              />
              <MultiSelect
                label={t('panel.properties')}
                data={[...numbersOf(blueprint)]}
                value={[...textsOf(widget['properties'])]}
                onChange={(value) => set({ properties: value })}
              />
            </>
          )}
          <Choice
            widget={widget}
            set={set}
            name="measureTimeBy"
            label={t('panel.time')}
            data={asOptions(fields.filter((field) => field.kind === 'date'))}
          />
          <div className={classes['pair']}>
            <Select
              label={t('panel.range')}
              data={presets.map((value) => ({ value, label: t(`table:preset.${value}` as never) }))}
              value={range || 'lastMonth'}
              allowDeselect={false}
              onChange={(value) => value !== null && set({ timeRange: { preset: value } })}
            />
            <Choice
              widget={widget}
              set={set}
              name="timeInterval"
              label={t('panel.interval')}
              first="day"
              data={['hour', 'day', 'isoWeek', 'month'].map((value) => ({
                value,
                label: t(`interval.${value}` as never),
              }))}
            />
          </div>
        </>
      )}
    </About>
  );
}
