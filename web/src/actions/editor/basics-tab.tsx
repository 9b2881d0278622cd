import { Radio, Select, Switch, TextInput } from '@mantine/core';
import { IconCirclePlus, IconTool, IconTrash, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { blueprintsQuery } from '../../catalog/api.ts';
import { operations } from '../hub-filters.ts';
import { ApprovalFields } from './approval-fields.tsx';
import { ConditionField } from './condition-field.tsx';
import classes from './editor.module.css';
import { helpBelow } from '../../ui/field-layout.ts';
import { Section, SelectField, SwitchField, TextField } from './fields.tsx';
import { IconPicker } from './icon-picker.tsx';
import { NumberField } from './number-field.tsx';
import { textOf, useEditor, useField } from './use-action-editor.ts';

/** Thirty days, as the server has it. */
const LONGEST_MINUTES = 43_200;

/** What an action is called, what it is for and who hears of it. */
export function BasicsTab() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <Section title={t('basics.names')}>
        <div className={classes['titleRow']}>
          <IconField />
          <TextField
            path={['title']}
            label={t('basics.title')}
            placeholder={t('basics.titleExample')}
            required
            keepsBlank
            maxLength={200}
          />
        </div>
        <IdentifierField />
        <TextField
          path={['description']}
          label={t('basics.description')}
          help={t('basics.descriptionHelp')}
          lines={2}
          maxLength={1000}
        />
      </Section>
      <Section title={t('basics.about')}>
        <OperationField />
        <BlueprintField />
        <ConditionField />
      </Section>
      <Section title={t('basics.runs')}>
        <SwitchField path={['publish']} label={t('basics.publish')} help={t('basics.publishHelp')} standard />
        <SwitchField
          path={['allowAnyoneToViewRuns']}
          label={t('basics.anyone')}
          help={t('basics.anyoneHelp')}
          standard
        />
        <NumberField
          path={['timeLimitMinutes']}
          label={t('basics.timeLimit')}
          help={t('basics.timeLimitHelp')}
          max={LONGEST_MINUTES}
          unit={t('minutes')}
        />
        <ApprovalFields />
      </Section>
      <Section title={t('basics.buttons')} help={t('basics.buttonsHelp')}>
        <div className={classes['two']}>
          <TextField path={['trigger', 'actionCardButtonText']} label={t('basics.cardButton')} maxLength={15} />
          <TextField path={['trigger', 'executeActionButtonText']} label={t('basics.formButton')} maxLength={15} />
        </div>
      </Section>
    </>
  );
}

function IconField() {
  const { t } = useTranslation('action-editor');
  const { value, set } = useField(['icon']);
  return <IconPicker label={t('basics.icon')} value={textOf(value)} onChange={set} />;
}

function IdentifierField() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['identifier']);
  const { identifierFollows, followTitle, base } = useEditor();
  const renamed = base !== null && base.document['identifier'] !== value;
  return (
    <div className={classes['identifier']}>
      <TextInput
        label={t('basics.identifier')}
        description={t('basics.identifierHelp')}
        inputWrapperOrder={helpBelow}
        withAsterisk
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
        value={textOf(value)}
        error={error}
        onChange={(event) => set(event.currentTarget.value)}
      />
      {base === null && (
        <Switch
          size="xs"
          label={t('basics.follow')}
          checked={identifierFollows}
          onChange={(event) => followTitle(event.currentTarget.checked)}
        />
      )}
      {renamed && <p className={classes['warning']}>{t('basics.renamed')}</p>}
    </div>
  );
}

const marks: Readonly<Record<string, Icon>> = { CREATE: IconCirclePlus, 'DAY-2': IconTool, DELETE: IconTrash };

function OperationField() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['trigger', 'operation']);
  return (
    <Radio.Group label={t('basics.operation')} withAsterisk value={textOf(value)} error={error} onChange={set}>
      <div className={classes['cards']}>
        {operations.map((operation) => {
          const Mark = marks[operation] ?? IconTool;
          return (
            <Radio.Card key={operation} value={operation} className={classes['card'] ?? ''}>
              <Mark size={20} stroke={1.6} aria-hidden />
              <span>
                <strong>{t(`operation.${operation}.title`)}</strong>
                <small>{t(`operation.${operation}.help`)}</small>
              </span>
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}

function BlueprintField() {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { value: operation } = useField(['trigger', 'operation']);
  return (
    <SelectField
      path={['trigger', 'blueprintIdentifier']}
      label={t('basics.blueprint')}
      help={t(operation === 'CREATE' ? 'basics.blueprintCreate' : 'basics.blueprintEntity')}
      clearable
      data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
    />
  );
}

/** One of the blueprints, somewhere else than in the definition's own fields. */
export function BlueprintSelect(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string | undefined) => void;
}) {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  return (
    <Select
      label={props.label}
      searchable
      placeholder={t('choose')}
      nothingFoundMessage={t('nothingFound')}
      data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
      value={props.value === '' ? null : props.value}
      onChange={(next) => props.onChange(next ?? undefined)}
    />
  );
}
