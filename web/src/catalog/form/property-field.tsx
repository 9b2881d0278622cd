import { Button, Input, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { JsonBlock } from '../../actions/editor/fields.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import { isTypedAsJson } from '../../actions/form-rules.ts';
import { InputField } from '../../actions/input-field.tsx';
import type { PropertySchema } from '../../api/wire.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { blueprintsQuery } from '../api.ts';
import classes from './entity-form.module.css';

export interface PropertyFieldProps {
  readonly name: string;
  readonly schema: PropertySchema;
  readonly value: unknown;
  readonly required: boolean;
  readonly error: string | undefined;
  /** What was typed here and is no JSON yet. */
  readonly broken: string | undefined;
  readonly onBroken: (text: string | undefined) => void;
  readonly onChange: (value: unknown) => void;
}

/** The control that fits a property's type and format; most are those of action forms. */
export function PropertyField(props: PropertyFieldProps) {
  const { schema, name, value, required, error, onChange } = props;
  const { type, format } = schema;
  if (type === 'boolean') return <YesNoField {...props} />;
  if (format === 'labeled-url' && type === 'object') return <LabeledAddressField {...props} />;
  if (isTypedAsJson(schema)) return <JsonValueField {...props} />;
  if (format === 'timer') return <TimerField {...props} />;
  if (format === 'blueprints') return <BlueprintField {...props} />;
  return (
    <InputField
      name={name}
      input={forInput(schema)}
      value={value}
      required={required}
      error={error}
      autoFocus={false}
      onChange={onChange}
    />
  );
}

/** Formats that inputs of actions have no control of their own for. */
function forInput(schema: PropertySchema): PropertySchema {
  const { format, spec, items } = schema;
  if (format === 'labeled-url' || spec === 'embedded-url') return { ...schema, format: 'url' };
  // Whole descriptions, which the field of one line would cut.
  if ((spec === 'open-api' || spec === 'async-api') && format === undefined) return { ...schema, format: 'yaml' };
  if (format === 'idn-email') return { ...schema, format: 'email' };
  // Without a blueprint to look in, identifiers are texts.
  if (items?.format === 'entity' && items.blueprint === undefined) return { ...schema, items: { type: 'string' } };
  return schema;
}

const titleOf = ({ schema, name }: PropertyFieldProps): string => schema.title ?? name;

/** A yes, a no, or nothing said. */
function YesNoField(props: PropertyFieldProps) {
  const { t } = useTranslation(['entity-form', 'common']);
  const { schema, value, required, error, onChange } = props;
  return (
    <Input.Wrapper
      label={titleOf(props)}
      labelElement="div"
      description={schema.description}
      error={error}
      withAsterisk={required}
      inputWrapperOrder={helpBelow}
    >
      <div>
        <SegmentedControl
          aria-label={titleOf(props)}
          value={value === true ? 'yes' : value === false ? 'no' : 'unset'}
          data={[
            { value: 'yes', label: t('common:yes') },
            { value: 'no', label: t('common:no') },
            ...(required && value !== undefined ? [] : [{ value: 'unset', label: t('unset') }]),
          ]}
          onChange={(next) => onChange(next === 'unset' ? undefined : next === 'yes')}
        />
      </div>
    </Input.Wrapper>
  );
}

const addressStart = 'https://';

function LabeledAddressField(props: PropertyFieldProps) {
  const { t } = useTranslation('entity-form');
  const { schema, value, required, error, onChange } = props;
  const given = isPlain(value) ? value : {};
  const text = (key: string): string => (typeof given[key] === 'string' ? given[key] : '');
  const set = (key: string, next: string): void => {
    const rest = Object.entries({ ...given, [key]: next }).filter(([, one]) => one !== '');
    onChange(rest.length === 0 ? undefined : Object.fromEntries(rest));
  };
  return (
    <fieldset className={classes['pair']}>
      <TextInput
        label={titleOf(props)}
        description={schema.description}
        inputWrapperOrder={helpBelow}
        withAsterisk={required}
        error={error}
        type="url"
        placeholder={addressStart}
        autoComplete="off"
        value={text('url')}
        onChange={(event) => set('url', event.currentTarget.value)}
      />
      <TextInput
        label={t('shownAs')}
        autoComplete="off"
        value={text('displayText')}
        onChange={(event) => set('displayText', event.currentTarget.value)}
      />
    </fieldset>
  );
}

function JsonValueField(props: PropertyFieldProps) {
  const { schema, value, error, broken, onBroken, onChange } = props;
  const fits = (one: unknown): boolean =>
    one === undefined || (schema.type === 'array' ? Array.isArray(one) : isPlain(one));
  return (
    <JsonBlock
      label={props.required ? `${titleOf(props)} *` : titleOf(props)}
      help={schema.description}
      error={error}
      value={value}
      accepts={fits}
      brokenText={broken}
      onBroken={onBroken}
      onChange={onChange}
      minHeight={84}
      maxHeight={280}
    />
  );
}

const HOUR = 3_600_000;
const spans = [
  { id: 'hour', ms: HOUR },
  { id: 'day', ms: 24 * HOUR },
  { id: 'week', ms: 7 * 24 * HOUR },
  { id: 'month', ms: 30 * 24 * HOUR },
] as const;

/** When a timer runs out: by the clock, or from now on. */
function TimerField(props: PropertyFieldProps) {
  const { t } = useTranslation('entity-form');
  const { schema, name, value, required, error, onChange } = props;
  return (
    <div className={classes['timer']}>
      <InputField
        name={name}
        input={{ ...schema, format: 'date-time' }}
        value={value}
        required={required}
        error={error}
        autoFocus={false}
        onChange={onChange}
      />
      <div className={classes['spans']}>
        {spans.map(({ id, ms }) => (
          <Button
            key={id}
            size="compact-xs"
            variant="default"
            onClick={() => onChange(new Date(Date.now() + ms).toISOString())}
          >
            {t(`timer.${id}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}

function BlueprintField(props: PropertyFieldProps) {
  const { schema, value, required, error, onChange } = props;
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  return (
    <Select
      label={titleOf(props)}
      description={schema.description}
      inputWrapperOrder={helpBelow}
      withAsterisk={required}
      error={error}
      searchable
      clearable={!required}
      data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
      value={typeof value === 'string' ? value : null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
