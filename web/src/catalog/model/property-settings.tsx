import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceList } from '../../actions/editor/choice-list.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import type { Json, PropertySchema } from '../../api/wire.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { PropertyField } from '../form/property-field.tsx';
import { PropertyValue } from '../property-value.tsx';
import { definitionAt, requiredOf, textAt, withRequired } from './blueprint-edits.ts';
import classes from './builder.module.css';
import type { FieldPart } from './fields-tab.tsx';
import { asKind, kindOf, propertyKinds, storedType } from './property-kinds.ts';
import { useEditor } from './use-blueprint-editor.ts';

/** Everything about one property, and how it will look. */
export function PropertySettings(part: FieldPart) {
  const { t } = useTranslation('data-model');
  const { draft, setDraft } = useEditor();
  const { field } = part;
  return (
    <>
      <KindField {...part} />
      <Preview {...part} />
      <Switch
        label={t('field.required')}
        description={t('field.requiredHelp')}
        checked={requiredOf(draft).includes(field.key)}
        onChange={(event) => setDraft(withRequired(draft, field.key, event.currentTarget.checked))}
      />
      <Choices {...part} />
      <Limits {...part} />
      <DefaultField {...part} />
    </>
  );
}

/** What is stored cannot become of another type in place; such kinds are shown and explained. */
function KindField({ field, definition, change, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const { stored } = useEditor();
  const before = stored === null ? undefined : definitionAt(stored.draft, field);
  const kinds = propertyKinds.filter(({ id }) => id !== 'other' || kindOf(definition).id === 'other');
  return (
    <Select
      label={t('field.kind')}
      description={before === undefined ? undefined : t('field.kindStored', { type: storedType(before) })}
      inputWrapperOrder={helpBelow}
      searchable
      allowDeselect={false}
      error={errorOf('type') ?? errorOf('format')}
      data={kinds.map((kind) => ({
        value: kind.id,
        label: t(`kind.${kind.id}`),
        disabled: before !== undefined && storedType(kind.starts) !== storedType(before),
      }))}
      value={kindOf(definition).id}
      onChange={(next) => {
        const kind = propertyKinds.find(({ id }) => id === next);
        if (kind !== undefined) change(asKind(definition, kind));
      }}
    />
  );
}

const colours = (value: unknown): Readonly<Record<string, unknown>> => (isPlain(value) ? value : {});

function Choices({ definition, set, change, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const items = isPlain(definition['items']) ? definition['items'] : undefined;
  const inItems = items !== undefined && Array.isArray(items['enum']);
  const values: unknown = inItems ? items['enum'] : definition['enum'];
  if (!Array.isArray(values)) return null;
  return (
    <div className={classes['part']}>
      <h3>{t('field.choices')}</h3>
      <ChoiceList
        values={values}
        numbers={definition['type'] === 'number'}
        colours={colours(definition['enumColors'])}
        onChange={(next) => (inItems ? change({ ...definition, items: { ...items, enum: next } }) : set('enum', next))}
        onColours={(next) => set('enumColors', Object.keys(next).length === 0 ? undefined : next)}
      />
      {errorOf('enum') !== undefined && <p className={classes['error']}>{errorOf('enum')}</p>}
    </div>
  );
}

const limits: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength'],
  number: ['minimum', 'maximum'],
  array: ['minItems', 'maxItems'],
};

function Limits({ definition, set, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const type = String(definition['type']);
  const keys = limits[type] ?? [];
  if (keys.length === 0 || definition['enum'] !== undefined) return null;
  const isPlainText = type === 'string' && definition['format'] === undefined;
  return (
    <div className={classes['part']}>
      <h3>{t('field.limits')}</h3>
      <div className={classes['two']}>
        {keys.map((key) => (
          <NumberInput
            key={key}
            label={t(`limit.${key}`)}
            error={errorOf(key)}
            value={typeof definition[key] === 'number' ? definition[key] : ''}
            onChange={(next) => set(key, typeof next === 'number' ? next : undefined)}
          />
        ))}
      </div>
      {isPlainText && (
        <TextInput
          label={t('limit.pattern')}
          description={t('limit.patternHelp')}
          inputWrapperOrder={helpBelow}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          error={errorOf('pattern')}
          value={textAt(definition, 'pattern')}
          onChange={(event) => set('pattern', event.currentTarget.value || undefined)}
        />
      )}
    </div>
  );
}

const schemaOf = (definition: FieldPart['definition']): PropertySchema => definition as unknown as PropertySchema;

/** With the very control that forms of entities have. */
function DefaultField({ field, definition, set, errorOf }: FieldPart) {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  const place = `default ${field.key}`;
  return (
    <div className={classes['part']}>
      <h3>{t('field.default')}</h3>
      <PropertyField
        name={place}
        schema={{ ...schemaOf(definition), title: t('field.defaultValue'), description: t('field.defaultHelp') }}
        value={definition['default']}
        required={false}
        error={errorOf('default')}
        broken={editor.broken[place]}
        onBroken={(text) => editor.setBroken(place, text)}
        onChange={(value) => set('default', value === '' || value === null ? undefined : value)}
      />
    </div>
  );
}

const samples: Readonly<Record<string, Json>> = {
  url: 'https://example.com/dashboard',
  email: 'team@example.com',
  user: 'team@example.com',
  team: 'payments',
  'date-time': new Date(Date.now() - 7_200_000).toISOString(),
  timer: new Date(Date.now() + 90_000_000).toISOString(),
  ipv4: '192.0.2.10',
  ipv6: '2001:db8::10',
  markdown: '**Important:** read the [guide](https://example.com).',
  yaml: 'replicas: 3\nregion: eu-west',
};

/** A value to show it with: the default, else one that fits. */
function sampleOf(definition: FieldPart['definition']): Json {
  const { default: given, enum: choices, type, format, items } = definition;
  if (given !== undefined) return given as Json;
  if (Array.isArray(choices)) return choices[0] as Json;
  if (type === 'number') return 42;
  if (type === 'boolean') return true;
  if (format === 'labeled-url') return { url: 'https://example.com', displayText: 'Dashboard' };
  if (type === 'object') return { key: 'value' };
  if (type === 'array') {
    const own = isPlain(items) ? items : {};
    return Array.isArray(own['enum']) ? (own['enum'].slice(0, 2) as Json) : [sampleOf(own)];
  }
  return samples[String(format)] ?? 'checkout';
}

/** The field as it will stand in a form and on a page. */
function Preview({ field, definition }: FieldPart) {
  const { t } = useTranslation('data-model');
  const [typed, setTyped] = useState<unknown>();
  const schema = schemaOf(definition);
  const value = typed ?? sampleOf(definition);
  return (
    <div className={classes['preview']} aria-label={t('preview.label')} role="group">
      <div>
        <h3>{t('preview.form')}</h3>
        <PropertyField
          name={`preview ${field.key}`}
          schema={{ ...schema, title: schema.title ?? field.key }}
          value={value}
          required={false}
          error={undefined}
          broken={undefined}
          onBroken={() => undefined}
          onChange={setTyped}
        />
      </div>
      <div>
        <h3>{t('preview.page')}</h3>
        <PropertyValue value={value as Json} schema={schema} />
      </div>
    </div>
  );
}
