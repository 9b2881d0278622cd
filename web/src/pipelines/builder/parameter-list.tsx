import { ActionIcon, Button, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { comparators } from '../parameter-form.ts';
import type { Parameter, ParameterCondition, PipelineProblem } from '../wire.ts';
import classes from './builder.module.css';
import { problemIn } from './placed-problems.ts';
import { withField } from './stage-form.ts';

interface ParameterListProps {
  readonly parameters: readonly Parameter[];
  readonly problems: readonly PipelineProblem[];
  readonly onChange: (parameters: readonly Parameter[]) => void;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a pipeline asks for when it is started. */
export function ParameterList({ parameters, problems, onChange }: ParameterListProps) {
  const { t } = useTranslation('pipelines');
  const change = (at: number, next: Parameter): void =>
    onChange(parameters.map((one, index) => (index === at ? next : one)));
  return (
    <div className={classes['form']}>
      {parameters.length === 0 && <p className={classes['help']}>{t('settings.noParameters')}</p>}
      {parameters.map((parameter, at) => (
        <div key={at} className={classes['card']}>
          <div className={classes['three']}>
            <TextInput
              label={t('settings.parameterName')}
              value={parameter.name}
              error={problemIn(problems, `parameterConfig[${at}]`)}
              onChange={(event) => change(at, { ...parameter, name: event.currentTarget.value })}
            />
            <TextInput
              label={t('settings.parameterLabel')}
              value={parameter.label ?? ''}
              onChange={(event) => change(at, { ...parameter, label: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('builder.removeRow')}
              onClick={() => onChange(parameters.filter((_one, index) => index !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
          <div className={classes['two']}>
            <TextInput
              label={t('settings.parameterDefault')}
              value={text(parameter.default)}
              onChange={(event) => change(at, { ...parameter, default: event.currentTarget.value })}
            />
            <TagsInput
              label={t('settings.parameterOptions')}
              value={(parameter.options ?? []).map((option) => option.value)}
              onChange={(next) =>
                change(at, {
                  ...parameter,
                  hasOptions: next.length > 0,
                  options: next.map((value) => ({ value })),
                })
              }
            />
          </div>
          <ParameterDetails parameter={parameter} others={parameters} onChange={(next) => change(at, next)} />
        </div>
      ))}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...parameters, { name: '' }])}
      >
        {t('settings.addParameter')}
      </Button>
    </div>
  );
}

interface ParameterDetailsProps {
  readonly parameter: Parameter;
  readonly others: readonly Parameter[];
  readonly onChange: (parameter: Parameter) => void;
}

/** How it is asked for. */
function ParameterDetails({ parameter, others, onChange }: ParameterDetailsProps) {
  const { t } = useTranslation('pipelines');
  return (
    <>
      <TextInput
        label={t('settings.parameterDescription')}
        value={parameter.description ?? ''}
        onChange={(event) => onChange(withField(parameter, 'description', event.currentTarget.value || undefined))}
      />
      <div className={classes['switches']}>
        <Switch
          label={t('settings.parameterRequired')}
          checked={parameter.required === true}
          onChange={(event) => onChange({ ...parameter, required: event.currentTarget.checked })}
        />
        <Switch
          label={t('settings.parameterPinned')}
          checked={parameter.pinned === true}
          onChange={(event) => onChange(withField(parameter, 'pinned', event.currentTarget.checked || undefined))}
        />
        <Switch
          label={t('settings.parameterDate')}
          checked={parameter.constraint === 'date'}
          onChange={(event) =>
            onChange(withField(parameter, 'constraint', event.currentTarget.checked ? 'date' : undefined))
          }
        />
      </div>
      <ConditionFields parameter={parameter} others={others} onChange={onChange} />
    </>
  );
}

/** It may depend on what another parameter says whether this one is asked for. */
function ConditionFields({ parameter, others, onChange }: ParameterDetailsProps) {
  const { t } = useTranslation('pipelines');
  const { condition } = parameter;
  const names = others.map(({ name }) => name).filter((name) => name !== '' && name !== parameter.name);
  if (names.length === 0 && condition === undefined) return null;
  const set = (part: Partial<ParameterCondition>): void =>
    onChange({
      ...parameter,
      condition: { parameter: '', comparator: '=', comparatorValue: '', ...condition, ...part },
    });
  return (
    <div className={classes['condition']}>
      <Select
        label={t('settings.parameterIf')}
        placeholder={t('settings.parameterAlways')}
        clearable
        data={[...new Set([...names, ...(condition === undefined ? [] : [condition.parameter])])].filter(Boolean)}
        value={condition?.parameter || null}
        onChange={(next) =>
          next === null ? onChange(withField(parameter, 'condition', undefined)) : set({ parameter: next })
        }
      />
      {condition !== undefined && (
        <>
          <Select
            aria-label={t('settings.parameterComparator')}
            data={[...comparators]}
            value={condition.comparator}
            allowDeselect={false}
            onChange={(next) => set({ comparator: next ?? '=' })}
          />
          <TextInput
            aria-label={t('settings.parameterValue')}
            value={condition.comparatorValue}
            onChange={(event) => set({ comparatorValue: event.currentTarget.value })}
          />
        </>
      )}
    </div>
  );
}
