import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../../actions/api.ts';
import { ChannelField } from '../../slack/channel-field.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { pipelinesQuery } from '../api.ts';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';
import { helpBelow } from '../../ui/field-layout.ts';
import { ExpressionField } from './expression-field.tsx';
import type { ExpressionScope } from './expression-text.tsx';
import { RowList } from './row-list.tsx';
import type { StageField } from './stage-form.ts';

interface StageFieldInputProps {
  readonly field: StageField;
  readonly value: unknown;
  /** What its expressions may speak of. */
  readonly expressions: ExpressionScope;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string') : [];
const recordsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? (value as readonly Fields[]) : []);
const blankless = (text: string): string | undefined => (text === '' ? undefined : text);

/** One field of a stage, by its kind. */
export function StageFieldInput({ field, value, expressions, error, onChange }: StageFieldInputProps) {
  const { t } = useTranslation('pipelines');
  const { key, kind } = field;
  const common = {
    label: t(`field.${key}.label`, { defaultValue: key }),
    description: t(`field.${key}.help`, { defaultValue: '' }) || undefined,
    withAsterisk: field.required === true,
    inputWrapperOrder: helpBelow,
    error,
  };
  switch (kind) {
    case 'text':
    case 'lines':
      return (
        <ExpressionField
          kind="template"
          label={common.label}
          description={common.description}
          withAsterisk={common.withAsterisk}
          rows={kind === 'lines' ? 3 : 1}
          scope={expressions}
          error={error}
          value={textOf(value)}
          onChange={(text) => onChange(blankless(text))}
        />
      );
    case 'word':
      return (
        <TextInput
          {...common}
          value={textOf(value)}
          onChange={(event) => onChange(blankless(event.currentTarget.value))}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          min={0}
          value={typeof value === 'number' ? value : textOf(value)}
          onChange={(next) => onChange(next === '' ? undefined : next)}
        />
      );
    case 'switch':
      return (
        <Switch
          label={common.label}
          description={common.description}
          error={error}
          checked={typeof value === 'boolean' ? value : field.standard === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'texts':
      return <TagsInput {...common} value={textsOf(value)} onChange={onChange} />;
    case 'values':
      return (
        <TagsInput
          {...common}
          value={recordsOf(value).map((one) => textOf(one['value']))}
          onChange={(next) => onChange(next.map((one) => ({ value: one })))}
        />
      );
    case 'method':
      return (
        <Select
          {...common}
          data={['GET', 'POST', 'PUT', 'PATCH', 'DELETE']}
          value={textOf(value) || 'POST'}
          allowDeselect={false}
          onChange={onChange}
        />
      );
    case 'action':
    case 'pipeline':
      return <Choice {...common} kind={kind} value={textOf(value)} onChange={onChange} />;
    case 'channel':
      return (
        <ChannelField
          label={common.label}
          description={common.description}
          error={error}
          value={textOf(value)}
          onChange={(next) => onChange(blankless(next))}
        />
      );
    case 'json':
      return <JsonInput {...common} value={value} onChange={onChange} />;
    case 'preconditions':
    case 'variables':
      return (
        <RowList
          kind={kind}
          label={common.label}
          scope={expressions}
          error={error}
          rows={recordsOf(value)}
          onChange={onChange}
        />
      );
  }
}

interface ChoiceProps {
  readonly kind: 'action' | 'pipeline';
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: unknown) => void;
}

/** An action or a pipeline by its title; what is named and gone stays as it is written. */
function Choice({ kind, value, onChange, ...common }: ChoiceProps) {
  const { t } = useTranslation('pipelines');
  const { data: actions = [] } = useQuery({ ...actionsQuery, enabled: kind === 'action' });
  const { data: pipelines = [] } = useQuery({ ...pipelinesQuery, enabled: kind === 'pipeline' });
  const data =
    kind === 'action'
      ? actions.map((action) => ({ value: action.identifier, label: action.title ?? action.identifier }))
      : pipelines.map((pipeline) => ({ value: pipeline.id, label: `${pipeline.application} · ${pipeline.name}` }));
  const known = value === '' || data.some((one) => one.value === value);
  return (
    <Select
      {...common}
      placeholder={t('start.choose')}
      searchable
      data={known ? data : [...data, { value, label: value }]}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

interface JsonInputProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

const written = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/** A value as JSON. What cannot be read yet stays as it was typed and changes nothing. */
function JsonInput({ label, description, error, value, onChange }: JsonInputProps) {
  const { t } = useTranslation('pipelines');
  const [typed, setTyped] = useState(() => written(value));
  const [broken, setBroken] = useState(false);
  return (
    <div className={classes['json']}>
      <span className={classes['label']}>{label}</span>
      <JsonEditor
        label={label}
        value={typed}
        minHeight={90}
        onChange={(text) => {
          setTyped(text);
          try {
            onChange(text.trim() === '' ? undefined : (JSON.parse(text) as unknown));
            setBroken(false);
          } catch {
            setBroken(true);
          }
        }}
      />
      {(broken || error !== undefined) && (
        <p className={classes['error']} role="alert">
          {broken ? t('builder.broken') : error}
        </p>
      )}
      {description !== undefined && <p className={classes['help']}>{description}</p>}
    </div>
  );
}
