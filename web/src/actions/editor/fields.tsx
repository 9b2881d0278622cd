import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { CompletionSource } from '@codemirror/autocomplete';
import { useTranslation } from 'react-i18next';
import { helpBelow } from '../../ui/field-layout.ts';
import { JsonEditor, type JsonNote } from '../../ui/json-editor.tsx';
import classes from './editor.module.css';
import { type Path, pathText, sameJson } from './paths.ts';
import type { PlacedError } from './placed-errors.ts';
import { type CheckedEditor, textOf, useEditor, useField } from './use-action-editor.ts';

interface FieldProps {
  readonly path: Path;
  readonly label: string;
  readonly help?: ReactNode;
  readonly required?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly lines?: number;
  /** A blank text stays in the definition as one, instead of taking the key away. */
  readonly keepsBlank?: boolean;
  readonly maxLength?: number;
}

/** A text of the definition. */
export function TextField({
  path,
  label,
  help,
  required = false,
  placeholder,
  mono,
  lines = 1,
  ...rest
}: TextFieldProps) {
  const { value, set, error, warning } = useField(path);
  const common = {
    label,
    description: warning === undefined ? help : <Warned help={help} warning={warning} />,
    inputWrapperOrder: helpBelow,
    error,
    placeholder: placeholder ?? '',
    withAsterisk: required,
    autoComplete: 'off',
    spellCheck: mono !== true,
    value: textOf(value),
    ...(rest.maxLength === undefined ? {} : { maxLength: rest.maxLength }),
    ...(mono === true ? { styles: { input: { fontFamily: 'var(--q-mono)', fontSize: 13 } } } : {}),
    onChange: (event: { readonly currentTarget: { readonly value: string } }): void => {
      const text = event.currentTarget.value;
      set(text === '' && rest.keepsBlank !== true ? undefined : text);
    },
  };
  return lines > 1 ? <Textarea {...common} autosize minRows={lines} maxRows={12} /> : <TextInput {...common} />;
}

/** A template that fails, told where the help stands. */
function Warned({ help, warning }: { readonly help: ReactNode; readonly warning: string }) {
  return (
    <>
      <span className={classes['warning']}>{warning}</span>
      {help !== undefined && <br />}
      {help}
    </>
  );
}

interface SwitchFieldProps extends Omit<FieldProps, 'required'> {
  /** What holds when the definition says nothing. */
  readonly standard: boolean;
}

/** A yes or no; a template there (`"{{ … }}"`) is left alone. */
export function SwitchField({ path, label, help, standard }: SwitchFieldProps) {
  const { value, set, error } = useField(path);
  if (typeof value === 'string') return <TextField path={path} label={label} help={help} mono />;
  return (
    <Switch
      label={label}
      description={help}
      error={error}
      checked={typeof value === 'boolean' ? value : standard}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}

interface SelectFieldProps extends FieldProps {
  readonly data: readonly { readonly value: string; readonly label: string }[];
  readonly clearable?: boolean;
  readonly placeholder?: string;
  readonly onPick?: (value: string | undefined) => void;
}

/** One of some; a value that is not among them is shown as it is. */
export function SelectField({
  path,
  label,
  help,
  required = false,
  data,
  clearable = false,
  ...rest
}: SelectFieldProps) {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(path);
  const text = textOf(value);
  const known = text === '' || data.some((one) => one.value === text);
  return (
    <Select
      label={label}
      description={help}
      inputWrapperOrder={helpBelow}
      error={error}
      withAsterisk={required}
      searchable={data.length > 6}
      clearable={clearable}
      placeholder={rest.placeholder ?? t('choose')}
      nothingFoundMessage={t('nothingFound')}
      data={known ? [...data] : [...data, { value: text, label: text }]}
      value={text === '' ? null : text}
      onChange={(next) => (rest.onPick ?? set)(next ?? undefined)}
    />
  );
}

interface JsonFieldProps extends FieldProps {
  readonly complete?: CompletionSource;
  readonly minHeight?: number;
  readonly aside?: ReactNode;
}

/** A part of the definition as JSON. What cannot be read stays as text and holds saving up. */
export function JsonField({ path, label, help, complete, minHeight, aside }: JsonFieldProps) {
  const { value, set, error } = useField(path);
  const editor = useEditor();
  return (
    <JsonBlock
      label={label}
      help={help}
      error={error}
      aside={aside}
      value={value}
      onChange={set}
      brokenText={editor.broken[pathText(path)]}
      onBroken={(text) => editor.setBroken(path, text)}
      errors={notesBelow(editor, path)}
      {...(complete === undefined ? {} : { complete })}
      {...(minHeight === undefined ? {} : { minHeight })}
    />
  );
}

const isBelow = (path: Path) => (one: PlacedError) => pathText(one.path).startsWith(`${pathText(path)}.`);

/** What is said about values within the one at a path: errors, and templates that fail over the sample. */
function notesBelow({ errors, checks }: CheckedEditor, path: Path): readonly JsonNote[] {
  const below = (one: PlacedError): JsonNote => ({ path: one.path.slice(path.length), message: one.message });
  return [
    ...errors.filter(isBelow(path)).map(below),
    ...checks.warnings.filter(isBelow(path)).map((one): JsonNote => ({ ...below(one), severity: 'warning' })),
  ];
}

interface JsonBlockProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly errors?: readonly JsonNote[];
  readonly aside?: ReactNode;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** What was typed here before and could not be read. */
  readonly brokenText: string | undefined;
  readonly onBroken: (text: string | undefined) => void;
  readonly complete?: CompletionSource;
  readonly minHeight?: number;
  readonly maxHeight?: number;
  /** What else the value has to be. */
  readonly accepts?: (value: unknown) => boolean;
}

const noErrors: readonly never[] = [];
const written = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

function parsed(text: string, accepts: (value: unknown) => boolean): { readonly value: unknown } | undefined {
  try {
    const value: unknown = text.trim() === '' ? undefined : JSON.parse(text);
    return accepts(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** JSON text beside a value: what is typed stands as it was typed, and follows when the value changes elsewhere. */
export function JsonBlock(props: JsonBlockProps) {
  const { label, help, error, errors = noErrors, aside, value, brokenText, onChange, onBroken, ...rest } = props;
  const { t } = useTranslation('action-editor');
  const [typed, setTyped] = useState(() => brokenText ?? written(value));
  const accepts = rest.accepts ?? (() => true);
  const reading = parsed(typed, accepts);
  // Text that cannot be read stands for as long as the editor holds it back.
  const follows = reading === undefined ? brokenText !== undefined : sameJson(reading.value, value);
  const text = follows ? typed : written(value);
  return (
    <div className={classes['json']}>
      <div className={classes['jsonHead']}>
        <span className={classes['label']}>{label}</span>
        {aside}
      </div>
      {help !== undefined && <p className={classes['help']}>{help}</p>}
      <JsonEditor
        label={label}
        value={text}
        notes={errors}
        onChange={(next) => {
          setTyped(next);
          const read = parsed(next, accepts);
          onBroken(read === undefined ? next : undefined);
          if (read !== undefined && !sameJson(read.value, value)) onChange(read.value);
        }}
        {...(rest.complete === undefined ? {} : { complete: rest.complete })}
        {...(rest.minHeight === undefined ? {} : { minHeight: rest.minHeight })}
        {...(rest.maxHeight === undefined ? {} : { maxHeight: rest.maxHeight })}
      />
      {((reading === undefined && follows) || error !== undefined) && (
        <p className={classes['error']} role="alert">
          {reading === undefined && follows ? t('json.broken') : error}
        </p>
      )}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly help?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** Fields that belong together. */
export function Section({ title, help, aside, children }: SectionProps) {
  return (
    <section className={classes['section']}>
      <div className={classes['sectionHead']}>
        <h2>{title}</h2>
        {aside}
      </div>
      {help !== undefined && <p className={classes['help']}>{help}</p>}
      {children}
    </section>
  );
}
