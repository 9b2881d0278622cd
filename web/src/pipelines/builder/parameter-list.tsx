import { ActionIcon, Button, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Parameter, PipelineProblem } from '../wire.ts';
import classes from './builder.module.css';
import { problemIn } from './placed-problems.ts';

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
          <Switch
            label={t('settings.parameterRequired')}
            checked={parameter.required === true}
            onChange={(event) => change(at, { ...parameter, required: event.currentTarget.checked })}
          />
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
