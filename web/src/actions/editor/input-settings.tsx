import { MultiSelect, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ComputedField } from './computed-field.tsx';
import { DefaultField } from './default-field.tsx';
import { EntityFields } from './entity-fields.tsx';
import classes from './form-tab.module.css';
import { SettingsHead, VisibleField } from './heading-settings.tsx';
import { IconPicker } from './icon-picker.tsx';
import { asKind, inputKinds, kindOf } from './input-kinds.ts';
import { freeKey, renamedRow, type Row } from './input-rows.ts';
import { withValue } from './paths.ts';
import { errorAt, type PlacedError } from './placed-errors.ts';
import { textOf, useEditor } from './use-action-editor.ts';
import { ValueFields } from './value-fields.tsx';

type InputRow = Extract<Row, { kind: 'input' }>;

interface InputSettingsProps {
  readonly row: InputRow;
  readonly rows: readonly Row[];
  readonly onChange: (row: Row) => void;
  readonly onRename: (rows: readonly Row[], key: string) => void;
  readonly onRemove: () => void;
}

/** What the parts of an input's settings work with. */
export interface InputPart {
  readonly definition: { readonly [key: string]: unknown };
  readonly set: (key: string, value: unknown) => void;
  readonly errorOf: (key: string) => string | undefined;
}

const pathOf = (key: string): readonly string[] => ['trigger', 'userInputs', 'properties', key];

/** Everything about one input. */
export function InputSettings({ row, rows, onChange, onRename, onRemove }: InputSettingsProps) {
  const { t } = useTranslation('action-editor');
  const { errors, checks } = useEditor();
  const { definition } = row;
  const failing = checks.form?.inputs[row.key]?.problems ?? [];
  const part: InputPart = {
    definition,
    set: (key, value) => onChange({ ...row, definition: withValue(definition, [key], value) }),
    errorOf: (key) => errorAt(errors, [...pathOf(row.key), key], true),
  };
  return (
    <div className={classes['settings']}>
      <SettingsHead title={textOf(definition['title']) || row.key} remove={t('input.remove')} onRemove={onRemove} />
      {failing.length > 0 && (
        <ul className={classes['failing']} aria-label={t('input.failing')}>
          {failing.map((problem) => (
            <li key={problem.path}>
              <code>{problem.path.split('.').at(-1)}</code> {problem.message}
            </li>
          ))}
        </ul>
      )}
      <Naming {...part} row={row} rows={rows} errors={errors} onRename={onRename} />
      <Select
        label={t('input.kind')}
        searchable
        allowDeselect={false}
        error={part.errorOf('type') ?? part.errorOf('format')}
        data={inputKinds.map((kind) => ({ value: kind.id, label: t(`kind.${kind.id}`) }))}
        value={kindOf(definition)?.id ?? null}
        onChange={(next) => {
          const kind = inputKinds.find((one) => one.id === next);
          if (kind !== undefined) onChange({ ...row, definition: asKind(definition, kind) });
        }}
      />
      <Switch
        label={t('input.required')}
        checked={row.required}
        onChange={(event) => onChange({ ...row, required: event.currentTarget.checked })}
      />
      <div className={classes['part']}>
        <h3>{t('input.values')}</h3>
        <EntityFields {...part} />
        <ValueFields {...part} />
        <DefaultField {...part} />
      </div>
      <Behaviour {...part} row={row} rows={rows} />
    </div>
  );
}

interface NamingProps extends InputPart {
  readonly row: InputRow;
  readonly rows: readonly Row[];
  readonly errors: readonly PlacedError[];
  readonly onRename: InputSettingsProps['onRename'];
}

function Naming({ definition, set, row, rows, errors, onRename }: NamingProps) {
  const { t } = useTranslation('action-editor');
  // Renamed when the field is left: a key half typed may be another input's.
  const [key, setKey] = useState(row.key);
  const rename = (): void => {
    const wanted = key.trim();
    if (wanted === row.key || wanted === '') return setKey(row.key);
    const others = rows.filter((one) => one !== row);
    const free = freeKey(others, wanted);
    onRename(renamedRow(rows, row.key, free), free);
  };
  return (
    <>
      <div className={classes['two']}>
        <TextInput
          label={t('input.title')}
          value={textOf(definition['title'])}
          onChange={(event) => set('title', event.currentTarget.value || undefined)}
        />
        <TextInput
          label={t('input.key')}
          description={t('input.keyHelp', { key: row.key })}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          error={errorAt(errors, pathOf(row.key))}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          onBlur={rename}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            rename();
          }}
        />
      </div>
      <div className={classes['two']}>
        <Textarea
          label={t('input.description')}
          autosize
          minRows={1}
          value={textOf(definition['description'])}
          onChange={(event) => set('description', event.currentTarget.value || undefined)}
        />
        <div>
          <span className={classes['label']}>{t('basics.icon')}</span>
          <div>
            <IconPicker
              label={t('basics.icon')}
              value={textOf(definition['icon'])}
              onChange={(name) => set('icon', name)}
            />
          </div>
        </div>
      </div>
    </>
  );
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function Behaviour({ definition, set, errorOf, row, rows }: InputPart & { row: InputRow; rows: readonly Row[] }) {
  const { t } = useTranslation('action-editor');
  const others = rows.flatMap((one) => (one.kind === 'input' && one.key !== row.key ? [one] : []));
  const depends = list(definition['dependsOn']);
  return (
    <div className={classes['part']}>
      <h3>{t('input.behaviour')}</h3>
      <VisibleField
        value={definition['visible']}
        error={errorOf('visible')}
        onChange={(value) => set('visible', value)}
      />
      <ComputedField
        label={t('input.disabled')}
        value={definition['disabled']}
        error={errorOf('disabled')}
        example=".form.environment == null"
        choices={[
          { name: 'never', label: t('input.never'), value: undefined },
          { name: 'always', label: t('input.always'), value: true },
        ]}
        nameOf={(value) => (value === true ? 'always' : 'never')}
        onChange={(value) => set('disabled', value)}
      />
      {(others.length > 0 || depends.length > 0) && (
        <MultiSelect
          label={t('input.dependsOn')}
          description={t('input.dependsOnHelp')}
          error={errorOf('dependsOn')}
          data={[
            ...others.map((one) => ({ value: one.key, label: textOf(one.definition['title']) || one.key })),
            ...depends
              .filter((key) => !others.some((one) => one.key === key))
              .map((key) => ({ value: key, label: key })),
          ]}
          value={depends}
          onChange={(keys) => set('dependsOn', keys.length === 0 ? undefined : keys)}
        />
      )}
    </div>
  );
}
