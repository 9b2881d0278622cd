import { ActionIcon, Button, MultiSelect, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { helpBelow } from '../../ui/field-layout.ts';
import { JudgeFields } from '../builder/judge-fields.tsx';
import { changed } from '../builder/judge-terms.ts';
import { NotificationList } from '../builder/notification-list.tsx';
import { problemIn } from '../builder/placed-problems.ts';
import type { Fields } from '../wire.ts';
import type { ConfigProblem, DeliveryConfig, EnvironmentConfig } from './api.ts';
import classes from './environments.module.css';

interface ConfigFormProps {
  readonly config: DeliveryConfig;
  readonly problems: readonly ConfigProblem[];
  readonly onChange: (next: DeliveryConfig) => void;
}

const JUDGEMENT = 'manual-judgement';
const DEPENDS = 'depends-on';
const moments = ['manualJudgment', 'manualJudgmentContinue', 'manualJudgmentStop'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const replaced = <Thing,>(list: readonly Thing[], at: number, thing: Thing): readonly Thing[] =>
  list.map((each, index) => (index === at ? thing : each));
const without = <Thing,>(list: readonly Thing[], at: number): readonly Thing[] =>
  list.filter((_each, index) => index !== at);

/** The parts of a config that most need; whatever else stands in it stays. */
export function ConfigForm({ config, problems, onChange }: ConfigFormProps) {
  const { t } = useTranslation('environments');
  const { artifacts, environments } = config;
  const errorAt = (path: string): string | undefined => problems.find((each) => each.path === path)?.message;
  return (
    <>
      <fieldset className={classes['group']}>
        <legend>{t('form.artifacts')}</legend>
        <p className={classes['told']}>{t('form.artifactsHelp')}</p>
        {artifacts.map((artifact, at) => (
          // Rows have no names of their own; their place is what they are told by.
          <div key={at} className={classes['row']}>
            {(['name', 'type', 'reference'] as const).map((field) => (
              <TextInput
                key={field}
                label={t(`form.${field}`)}
                placeholder={field === 'reference' ? text(artifact['name']) : ''}
                value={text(artifact[field])}
                error={errorAt(`artifacts[${at}].${field}`)}
                onChange={(event) =>
                  onChange({
                    ...config,
                    artifacts: replaced(artifacts, at, withText(artifact, field, event.currentTarget.value)),
                  })
                }
              />
            ))}
            <Remove
              label={t('form.remove')}
              onClick={() => onChange({ ...config, artifacts: without(artifacts, at) })}
            />
          </div>
        ))}
        <Add
          label={t('form.addArtifact')}
          onClick={() => onChange({ ...config, artifacts: [...artifacts, { name: '', type: 'docker' }] })}
        />
      </fieldset>
      {environments.map((environment, at) => (
        <EnvironmentFields
          key={at}
          environment={environment}
          others={environments.map(({ name }) => name).filter((name) => name !== environment.name && name !== '')}
          errorAt={(path) => errorAt(`environments[${at}]${path}`)}
          within={(path) => problemIn(problems, `environments[${at}]${path}`)}
          onChange={(next) => onChange({ ...config, environments: replaced(environments, at, next) })}
          onRemove={() => onChange({ ...config, environments: without(environments, at) })}
        />
      ))}
      <Add
        label={t('form.addEnvironment')}
        onClick={() => onChange({ ...config, environments: [...environments, { name: '', constraints: [] }] })}
      />
    </>
  );
}

function withText(fields: Fields, key: string, value: string): Fields {
  const { [key]: _before, ...rest } = fields;
  return value === '' && key === 'reference' ? rest : { ...fields, [key]: value };
}

interface EnvironmentFieldsProps {
  readonly environment: EnvironmentConfig;
  readonly others: readonly string[];
  readonly errorAt: (path: string) => string | undefined;
  /** Of a field, or of what is in it. */
  readonly within: (path: string) => string | undefined;
  readonly onChange: (next: EnvironmentConfig) => void;
  readonly onRemove: () => void;
}

function EnvironmentFields({ environment, others, errorAt, within, onChange, onRemove }: EnvironmentFieldsProps) {
  const { t } = useTranslation('environments');
  const constraints = environment.constraints ?? [];
  const after = constraints.filter(({ type }) => type === DEPENDS).map((each) => text(each['environment']));
  const judgedAt = constraints.findIndex(({ type }) => type === JUDGEMENT);
  const judgement = constraints[judgedAt];
  const setJudgement = (next: Fields): void =>
    onChange({ ...environment, constraints: replaced(constraints, judgedAt, next) });
  return (
    <fieldset className={classes['group']}>
      <legend>{environment.name === '' ? t('form.environment') : environment.name}</legend>
      <div className={classes['row']}>
        <TextInput
          label={t('form.name')}
          value={environment.name}
          error={errorAt('.name')}
          onChange={(event) => onChange({ ...environment, name: event.currentTarget.value })}
        />
        <MultiSelect
          label={t('form.after')}
          placeholder={after.length === 0 ? t('form.atOnce') : ''}
          data={[...new Set([...others, ...after])]}
          value={[...new Set(after)]}
          error={errorAt('.constraints')}
          onChange={(names) =>
            onChange({
              ...environment,
              constraints: [
                ...names.map((name) => ({ type: DEPENDS, environment: name })),
                ...constraints.filter(({ type }) => type !== DEPENDS),
              ],
            })
          }
        />
        <Remove label={t('form.remove')} onClick={onRemove} />
      </div>
      <Switch
        label={t('form.judged')}
        checked={judgement !== undefined}
        onChange={(event) =>
          onChange({
            ...environment,
            constraints: event.currentTarget.checked
              ? [...constraints, { type: JUDGEMENT }]
              : constraints.filter(({ type }) => type !== JUDGEMENT),
          })
        }
      />
      {judgement !== undefined && (
        <>
          <JudgementFields
            judgement={judgement}
            errorAt={(field) => within(`.constraints[${judgedAt}].${field}`)}
            onChange={setJudgement}
          />
          <NotificationList
            moments={moments}
            notifications={environment.notifications ?? []}
            error={errorAt('.notifications') ?? errorAt('.notifications[0].address')}
            onChange={(next) => onChange({ ...environment, notifications: next })}
          />
        </>
      )}
    </fieldset>
  );
}

interface JudgementFieldsProps {
  readonly judgement: Fields;
  readonly errorAt: (field: string) => string | undefined;
  readonly onChange: (next: Fields) => void;
}

/** An empty field is no field. */
function withField(fields: Fields, key: string, value: unknown): Fields {
  const { [key]: _before, ...rest } = fields;
  return value === '' || value === undefined ? rest : { ...rest, [key]: value };
}

function JudgementFields({ judgement, errorAt, onChange }: JudgementFieldsProps) {
  const { t } = useTranslation('environments');
  return (
    <>
      <div className={classes['row']}>
        <TextInput
          label={t('form.timeout')}
          description={t('form.timeoutHelp')}
          inputWrapperOrder={helpBelow}
          placeholder="PT4H"
          value={text(judgement['timeout'])}
          error={errorAt('timeout')}
          onChange={(event) => onChange(withField(judgement, 'timeout', event.currentTarget.value))}
        />
        <TextInput
          label={t('form.instructions')}
          value={text(judgement['instructions'])}
          error={errorAt('instructions')}
          onChange={(event) => onChange(withField(judgement, 'instructions', event.currentTarget.value))}
        />
      </div>
      <JudgeFields terms={judgement} errorAt={errorAt} onChange={(change) => onChange(changed(judgement, change))} />
      <Switch
        label={t('form.fourEyes')}
        checked={judgement['preventSelfApproval'] === true}
        onChange={(event) =>
          onChange(withField(judgement, 'preventSelfApproval', event.currentTarget.checked || undefined))
        }
      />
    </>
  );
}

function Remove({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
      <IconX size={16} />
    </ActionIcon>
  );
}

function Add({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <div>
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={onClick}>
        {label}
      </Button>
    </div>
  );
}
