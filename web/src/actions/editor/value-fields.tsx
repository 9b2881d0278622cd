import { NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ChoiceList } from './choice-list.tsx';
import { ComputedField, queryOf } from './computed-field.tsx';
import classes from './form-tab.module.css';
import type { InputPart } from './input-settings.tsx';
import { isPlain } from './paths.ts';
import { recordOf, textOf } from './use-action-editor.ts';

/** What values an input takes, by its type. */
export function ValueFields(part: InputPart) {
  const { definition } = part;
  const type = String(definition['type']);
  return (
    <>
      {(type === 'string' || type === 'number') && <EnumField {...part} />}
      {type === 'string' && definition['enum'] === undefined && <TextLimits {...part} />}
      {type === 'number' && definition['enum'] === undefined && (
        <Limits {...part} keys={['minimum', 'maximum']} words="value" />
      )}
      {type === 'array' && <ListFields {...part} />}
      {definition['encryption'] !== undefined && <EncryptionField {...part} />}
    </>
  );
}

function EnumField({ definition, set, errorOf }: InputPart) {
  const { t } = useTranslation('action-editor');
  if (definition['format'] !== undefined || definition['encryption'] !== undefined) return null;
  const numbers = definition['type'] === 'number';
  const value = definition['enum'];
  return (
    <ComputedField
      label={t('input.enum')}
      value={value}
      error={errorOf('enum')}
      example='["one", "two"]'
      choices={[
        { name: 'any', label: t('input.enumAny'), value: undefined },
        { name: 'fixed', label: t('input.enumFixed'), value: numbers ? [1, 2] : ['one', 'two'] },
      ]}
      nameOf={(one) => (one === undefined ? 'any' : 'fixed')}
      onChange={(next) => set('enum', next)}
    >
      {Array.isArray(value) && (
        <ChoiceList
          values={value}
          numbers={numbers}
          colours={recordOf(definition['enumColors'])}
          onChange={(values) => set('enum', values)}
          onColours={(colours) => set('enumColors', Object.keys(colours).length === 0 ? undefined : colours)}
        />
      )}
    </ComputedField>
  );
}

function TextLimits({ definition, set, errorOf }: InputPart) {
  const { t } = useTranslation('action-editor');
  const query = queryOf(definition['pattern']);
  return (
    <>
      <Limits definition={definition} set={set} errorOf={errorOf} keys={['minLength', 'maxLength']} words="length" />
      {definition['format'] === undefined && (
        <ComputedField
          label={t('input.pattern')}
          value={definition['pattern']}
          error={errorOf('pattern')}
          example='if .form.x == "y" then "^a" else ".*" end'
          choices={[{ name: 'fixed', label: t('input.fixed'), value: undefined }]}
          nameOf={() => 'fixed'}
          onChange={(next) => set('pattern', next)}
        >
          {query === undefined && (
            <TextInput
              aria-label={t('input.pattern')}
              placeholder="^[a-z][a-z0-9-]*$"
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
              error={errorOf('pattern')}
              value={textOf(definition['pattern'])}
              onChange={(event) => set('pattern', event.currentTarget.value || undefined)}
            />
          )}
        </ComputedField>
      )}
    </>
  );
}

interface LimitsProps extends InputPart {
  readonly keys: readonly [string, string];
  readonly words: 'value' | 'length' | 'items';
}

function Limits({ definition, set, errorOf, keys, words }: LimitsProps) {
  const { t } = useTranslation('action-editor');
  return (
    <div className={classes['two']}>
      {keys.map((key, index) => {
        const value = definition[key];
        const label = t(`limit.${words}.${index === 0 ? 'min' : 'max'}`);
        const query = queryOf(value);
        if (query !== undefined) {
          return (
            <TextInput
              key={key}
              label={label}
              description={t('input.jq')}
              error={errorOf(key)}
              value={query}
              onChange={(event) => set(key, { jqQuery: event.currentTarget.value })}
            />
          );
        }
        return (
          <NumberInput
            key={key}
            label={label}
            error={errorOf(key)}
            hideControls
            {...(words === 'value' ? {} : { min: 0, allowDecimal: false })}
            value={typeof value === 'number' ? value : ''}
            onChange={(next) => set(key, typeof next === 'number' ? next : undefined)}
          />
        );
      })}
    </div>
  );
}

const itemTypes = ['string', 'number', 'boolean', 'object'] as const;

function ListFields(part: InputPart) {
  const { t } = useTranslation('action-editor');
  const { definition, set, errorOf } = part;
  const items = recordOf(definition['items']);
  const choices = items['enum'];
  return (
    <>
      {items['format'] !== 'entity' && choices === undefined && (
        <Select
          label={t('input.items')}
          error={errorOf('items')}
          allowDeselect={false}
          data={itemTypes.map((one) => ({ value: one, label: t(`itemType.${one}`) }))}
          value={textOf(items['type']) || null}
          onChange={(type) => set('items', { ...items, type })}
        />
      )}
      {choices !== undefined && (
        <ComputedField
          label={t('input.enum')}
          value={choices}
          error={errorOf('items')}
          example='["one", "two"]'
          choices={[{ name: 'fixed', label: t('input.enumFixed'), value: ['one', 'two'] }]}
          nameOf={() => 'fixed'}
          onChange={(next) => set('items', { ...items, enum: next })}
        >
          {Array.isArray(choices) && (
            <ChoiceList
              values={choices}
              numbers={items['type'] === 'number'}
              colours={recordOf(items['enumColors'])}
              onChange={(values) => set('items', { ...items, enum: values })}
              onColours={(colours) => set('items', { ...items, enumColors: colours })}
            />
          )}
        </ComputedField>
      )}
      <Limits {...part} keys={['minItems', 'maxItems']} words="items" />
    </>
  );
}

/** Sealed with the organisation's own key, or in the browser with somebody else's public one. */
function EncryptionField({ definition, set, errorOf }: InputPart) {
  const { t } = useTranslation('action-editor');
  const encryption = definition['encryption'];
  const clientSide = isPlain(encryption);
  return (
    <div className={classes['computed']}>
      <span className={classes['label']} id="encryption">
        {t('input.encryption')}
      </span>
      <SegmentedControl
        size="xs"
        aria-labelledby="encryption"
        value={clientSide ? 'client-side' : 'aes256-gcm'}
        data={['aes256-gcm', 'client-side'].map((one) => ({ value: one, label: t(`encryption.${one}`) }))}
        onChange={(next) =>
          set('encryption', next === 'client-side' ? { algorithm: 'client-side', key: '' } : 'aes256-gcm')
        }
      />
      {clientSide && (
        <Textarea
          label={t('input.publicKey')}
          error={errorOf('encryption')}
          autosize
          minRows={3}
          maxRows={8}
          spellCheck={false}
          placeholder="-----BEGIN PUBLIC KEY-----"
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 12 } }}
          value={textOf(encryption['key'])}
          onChange={(event) => set('encryption', { ...encryption, key: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
