import { Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ComputedField } from './computed-field.tsx';
import classes from './form-tab.module.css';
import type { Row } from './input-rows.ts';
import { withValue } from './paths.ts';
import { textOf } from './use-action-editor.ts';

interface SettingsProps<Kind extends Row['kind']> {
  readonly row: Extract<Row, { kind: Kind }>;
  readonly onChange: (row: Row) => void;
  readonly onRemove: () => void;
}

/** A title between the inputs. */
export function HeadingSettings({ row, onChange, onRemove }: SettingsProps<'heading'>) {
  const { t } = useTranslation('action-editor');
  const set = (key: string, value: unknown): void =>
    onChange({ ...row, definition: withValue(row.definition, [key], value) });
  return (
    <div className={classes['settings']}>
      <SettingsHead title={t('heading.title')} remove={t('heading.remove')} onRemove={onRemove} />
      <TextInput
        label={t('heading.text')}
        maxLength={140}
        value={textOf(row.definition['title'])}
        onChange={(event) => set('title', event.currentTarget.value)}
      />
      <TextInput
        label={t('heading.description')}
        maxLength={1000}
        value={textOf(row.definition['description'])}
        onChange={(event) => set('description', event.currentTarget.value || undefined)}
      />
      <VisibleField value={row.definition['visible']} error={undefined} onChange={(value) => set('visible', value)} />
    </div>
  );
}

/** A page of the form. */
export function StepSettings({ row, onChange, onRemove }: SettingsProps<'step'>) {
  const { t } = useTranslation('action-editor');
  const set = (key: string, value: unknown): void =>
    onChange({ ...row, definition: withValue(row.definition, [key], value) });
  return (
    <div className={classes['settings']}>
      <SettingsHead title={t('step.title')} remove={t('step.remove')} onRemove={onRemove} />
      <TextInput
        label={t('step.text')}
        description={t('step.help')}
        value={textOf(row.definition['title'])}
        onChange={(event) => set('title', event.currentTarget.value)}
      />
      <VisibleField value={row.definition['visible']} error={undefined} onChange={(value) => set('visible', value)} />
    </div>
  );
}

interface SettingsHeadProps {
  readonly title: string;
  readonly remove: string;
  readonly onRemove: () => void;
}

export function SettingsHead({ title, remove, onRemove }: SettingsHeadProps) {
  return (
    <div className={classes['settingsHead']}>
      <h2>{title}</h2>
      <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={onRemove}>
        {remove}
      </Button>
    </div>
  );
}

interface VisibleFieldProps {
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

export function VisibleField({ value, error, onChange }: VisibleFieldProps) {
  const { t } = useTranslation('action-editor');
  return (
    <ComputedField
      label={t('input.visible')}
      value={value}
      error={error}
      example='.form.environment == "production"'
      choices={[
        { name: 'always', label: t('input.always'), value: undefined },
        { name: 'never', label: t('input.never'), value: false },
      ]}
      nameOf={(one) => (one === false ? 'never' : 'always')}
      onChange={onChange}
    />
  );
}
