import { NumberInput, PasswordInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { peopleSource, teamsSource } from '../access/directory.ts';
import type { UserInput } from '../api/wire.ts';
import { helpBelow } from '../ui/field-layout.ts';
import { type ChoiceSource, SearchedField } from '../ui/searched-field.tsx';
import { EnumField, EnumListField } from './enum-fields.tsx';
import { chosenTexts, EntityField } from './entity-field.tsx';
import { isTypedAsJson } from './form-rules.ts';
import { isSecret } from './live-form.ts';

export interface InputFieldProps {
  readonly name: string;
  readonly input: UserInput;
  readonly value: unknown;
  readonly required: boolean;
  readonly error: string | undefined;
  readonly autoFocus: boolean;
  readonly onChange: (value: unknown) => void;
}

/** What every control of a field gets. */
export interface Common {
  readonly name: string;
  readonly label: ReactNode;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly withAsterisk: boolean;
  readonly error: ReactNode;
  readonly disabled: boolean;
  readonly inputWrapperOrder: typeof helpBelow;
  readonly 'data-autofocus'?: boolean;
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
const asList = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const long = new Set(['yaml', 'markdown', 'proto', 'multi-line']);

/** The control that fits an input's type and format. */
export function InputField(props: InputFieldProps) {
  const { name, input, required, error, autoFocus } = props;
  const common: Common = {
    name,
    label: input.title ?? name,
    description: input.description,
    // The form reports what is missing in words; the browser's own bubble would come first.
    required: false,
    withAsterisk: required,
    error,
    disabled: input.disabled === true,
    inputWrapperOrder: helpBelow,
    ...(autoFocus ? { 'data-autofocus': true } : {}),
  };
  if (input.type === 'boolean') return <BooleanField {...props} common={common} />;
  if (input.type === 'number') return <NumberField {...props} common={common} />;
  if (isTypedAsJson(input)) return <LongField {...props} common={common} />;
  if (input.type === 'array') return <ListField {...props} common={common} />;
  return <StringField {...props} common={common} />;
}

export type FieldProps = InputFieldProps & { readonly common: Common };

function BooleanField({ value, onChange, common }: FieldProps) {
  const { label, description, error, disabled, name } = common;
  return (
    <Switch
      name={name}
      label={label}
      description={description}
      error={error}
      disabled={disabled}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function NumberField(props: FieldProps) {
  const { input, value, onChange, common } = props;
  if (Array.isArray(input.enum)) return <EnumField {...props} />;
  return (
    <NumberInput
      {...common}
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      onChange={(next) => onChange(next === '' ? undefined : next)}
      {...(input.minimum === undefined ? {} : { min: input.minimum })}
      {...(input.maximum === undefined ? {} : { max: input.maximum })}
      clampBehavior="none"
    />
  );
}

function placeholderOf({ type }: UserInput, t: (key: string) => string): string {
  if (type === 'object') return t('form.objectPlaceholder');
  return type === 'array' ? t('form.listPlaceholder') : '';
}

function LongField({ input, value, onChange, common }: FieldProps) {
  const { t } = useTranslation('actions');
  return (
    <Textarea
      {...common}
      autosize
      minRows={4}
      maxRows={14}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
      placeholder={placeholderOf(input, t)}
      value={asText(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function StringField(props: FieldProps) {
  const { input, value, onChange, common } = props;
  if (isSecret(input)) return <SecretField {...props} />;
  if (Array.isArray(input.enum)) return <EnumField {...props} />;
  if (input.format === 'entity') return <EntityField {...props} blueprint={input.blueprint} />;
  if (input.format === 'user' || input.format === 'team')
    return <DirectoryField {...props} kind={input.format} multiple={false} />;
  if (long.has(input.format ?? '')) return <LongField {...props} />;
  if (input.format === 'date-time') return <InstantField {...props} />;
  const type = input.format === 'email' ? 'email' : input.format === 'url' ? 'url' : 'text';
  return (
    <TextInput
      {...common}
      type={type}
      autoComplete="off"
      placeholder={type === 'url' ? 'https://' : ''}
      value={asText(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** The reader's own clock in the form, an instant in UTC on the wire. */
function InstantField({ value, onChange, common }: FieldProps) {
  const at = typeof value === 'string' && value !== '' ? new Date(value) : undefined;
  const local =
    at === undefined || Number.isNaN(at.getTime())
      ? ''
      : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
  return (
    <TextInput
      {...common}
      type="datetime-local"
      value={local}
      onChange={(event) =>
        onChange(event.currentTarget.value === '' ? undefined : new Date(event.currentTarget.value).toISOString())
      }
    />
  );
}

/** What is typed here is shown to nobody, kept nowhere and suggested by no browser. */
function SecretField({ value, onChange, common }: FieldProps) {
  return (
    <PasswordInput
      {...common}
      autoComplete="new-password"
      value={asText(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const directories: Readonly<Record<string, ChoiceSource>> = { user: peopleSource, team: teamsSource };

/** A person or a team of the organisation, or some of them. */
function DirectoryField({ value, onChange, common, kind, multiple }: FieldProps & DirectoryKind) {
  return (
    <SearchedField
      source={directories[kind] ?? peopleSource}
      words={common}
      multiple={multiple}
      value={chosenTexts(value)}
      onChange={(next) => onChange(multiple ? next : next[0])}
    />
  );
}

interface DirectoryKind {
  readonly kind: string;
  readonly multiple: boolean;
}

function ListField(props: FieldProps) {
  const { input, value, onChange, common } = props;
  const { t } = useTranslation('actions');
  const kind = input.items?.format;
  const fixed = input.items?.enum;
  if (kind === 'entity') {
    return <EntityField {...props} multiple blueprint={input.items?.blueprint ?? input.blueprint} />;
  }
  if (Array.isArray(fixed)) return <EnumListField {...props} />;
  if (kind === 'user' || kind === 'team') return <DirectoryField {...props} kind={kind} multiple />;
  const numbers = input.items?.type === 'number';
  return (
    <TagsInput
      {...common}
      value={asList(value)}
      onChange={(next) => onChange(numbers ? next.map(Number) : next)}
      placeholder={t('form.addPlaceholder')}
      splitChars={[',']}
    />
  );
}
