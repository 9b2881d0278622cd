import { ActionIcon, Button, Menu, MultiSelect, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../../catalog/api.ts';
import { pipelinesQuery } from '../api.ts';
import type { Fields, PipelineProblem } from '../wire.ts';
import classes from './builder.module.css';
import { helpBelow } from '../../ui/field-layout.ts';
import { problemIn } from './placed-problems.ts';

interface TriggerListProps {
  readonly triggers: readonly Fields[];
  readonly problems: readonly PipelineProblem[];
  readonly onChange: (triggers: readonly Fields[]) => void;
}

const starts: Readonly<Record<string, Fields>> = {
  cron: { cronExpression: '0 0 9 ? * MON-FRI' },
  webhook: { source: '' },
  pipeline: { pipeline: '', status: ['successful'] },
  catalog: { blueprint: '', on: ['created', 'updated'] },
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

/** What starts a pipeline by itself. */
export function TriggerList({ triggers, problems, onChange }: TriggerListProps) {
  const { t } = useTranslation('pipelines');
  return (
    <div className={classes['form']}>
      {triggers.length === 0 && <p className={classes['help']}>{t('settings.noTriggers')}</p>}
      {triggers.map((trigger, at) => (
        <div key={at} className={classes['card']}>
          <div className={classes['cardHead']}>
            <strong>{t(`trigger.${text(trigger['type'])}.name`, { defaultValue: text(trigger['type']) })}</strong>
            <Switch
              size="xs"
              label={t('settings.on')}
              checked={trigger['enabled'] !== false}
              onChange={(event) =>
                onChange(
                  triggers.map((one, index) => (index === at ? { ...one, enabled: event.currentTarget.checked } : one)),
                )
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('builder.removeRow')}
              onClick={() => onChange(triggers.filter((_one, index) => index !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
          <TriggerFields
            trigger={trigger}
            error={problemIn(problems, `triggers[${at}]`)}
            onChange={(next) => onChange(triggers.map((one, index) => (index === at ? next : one)))}
          />
        </div>
      ))}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />}>
            {t('settings.addTrigger')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {Object.entries(starts).map(([type, start]) => (
            <Menu.Item key={type} onClick={() => onChange([...triggers, { type, enabled: true, ...start }])}>
              {t(`trigger.${type}.name`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface TriggerFieldsProps {
  readonly trigger: Fields;
  readonly error: string | undefined;
  readonly onChange: (next: Fields) => void;
}

function TriggerFields({ trigger, error, onChange }: TriggerFieldsProps) {
  const { t } = useTranslation('pipelines');
  const { data: pipelines = [] } = useQuery({ ...pipelinesQuery, enabled: trigger['type'] === 'pipeline' });
  const { data: blueprints = [] } = useQuery({ ...blueprintsQuery, enabled: trigger['type'] === 'catalog' });
  const field = (key: string) => ({
    label: t(`trigger.field.${key}`),
    description: t(`trigger.field.${key}Help`, { defaultValue: '' }) || undefined,
    inputWrapperOrder: helpBelow,
    value: text(trigger[key]),
  });
  const set = (key: string, value: unknown): void => onChange({ ...trigger, [key]: value });
  const input = (key: string, shown?: string) => (
    <TextInput {...field(key)} error={shown} onChange={(event) => set(key, event.currentTarget.value)} />
  );
  const several = (key: string, options: readonly string[]) => (
    <MultiSelect
      label={t(`trigger.field.${key}`)}
      data={options.map((value) => ({ value, label: t(`trigger.${key}.${value}`) }))}
      value={texts(trigger[key])}
      onChange={(next) => set(key, next)}
    />
  );
  switch (trigger['type']) {
    case 'cron':
      return (
        <div className={classes['two']}>
          {input('cronExpression', error)}
          {input('timeZone')}
        </div>
      );
    case 'webhook':
      return input('source', error);
    case 'pipeline':
      return (
        <div className={classes['two']}>
          <Select
            {...field('pipeline')}
            value={text(trigger['pipeline']) || null}
            error={error}
            searchable
            data={pipelines.map((one) => ({ value: one.id, label: `${one.application} · ${one.name}` }))}
            onChange={(next) => set('pipeline', next ?? '')}
          />
          {several('status', ['successful', 'failed', 'canceled'])}
        </div>
      );
    case 'catalog':
      return (
        <div className={classes['two']}>
          <Select
            {...field('blueprint')}
            value={text(trigger['blueprint']) || null}
            error={error}
            searchable
            data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
            onChange={(next) => set('blueprint', next ?? '')}
          />
          {several('on', ['created', 'updated', 'deleted'])}
        </div>
      );
    default:
      return <p className={classes['help']}>{t('builder.inJson')}</p>;
  }
}
