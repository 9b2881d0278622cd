import { useTranslation } from 'react-i18next';
import type { UserInput } from '../../api/wire.ts';
import { isTypedAsJson, parseObject } from '../form-rules.ts';
import { InputField } from '../input-field.tsx';
import { ComputedField } from './computed-field.tsx';
import type { InputPart } from './input-settings.tsx';

/** What an input starts with; given in the very field that people will fill in. */
export function DefaultField({ definition, set, errorOf }: InputPart) {
  const { t } = useTranslation('action-editor');
  if (definition['encryption'] !== undefined) return null;
  const value = definition['default'];
  const { visible: _, disabled: __, icon: ___, ...shown } = definition;
  return (
    <ComputedField
      label={t('input.default')}
      value={value}
      error={errorOf('default')}
      example=".user.email"
      choices={[{ name: 'fixed', label: t('input.fixed'), value: undefined }]}
      nameOf={() => 'fixed'}
      onChange={(next) => set('default', next)}
    >
      <InputField
        name="default"
        input={{ ...(shown as unknown as UserInput), title: t('input.defaultValue'), description: '' }}
        value={value}
        required={false}
        error={errorOf('default')}
        autoFocus={false}
        onChange={(next) => set('default', asDefault(next, shown as unknown as UserInput))}
      />
    </ComputedField>
  );
}

function asDefault(value: unknown, input: UserInput): unknown {
  if (value === '' || value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  return isTypedAsJson(input) && typeof value === 'string' ? (parseObject(value) ?? value) : value;
}
