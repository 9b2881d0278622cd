import { MultiSelect, Pill, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Chip, colorName } from '../ui/chip.tsx';
import type { FieldProps } from './input-field.tsx';

type Colors = Readonly<Record<string, string>> | undefined;

/** Past so many choices a list is searched. */
const SEARCHED = 8;

const asOption =
  (colors: Colors) =>
  ({ option }: { readonly option: { readonly value: string; readonly label: string } }) =>
    colors === undefined ? option.label : <Chip color={colors[option.value]}>{option.label}</Chip>;

/** One of fixed values, texts or numbers, in the colours that the form gives them. */
export function EnumField({ input, value, onChange, common }: FieldProps) {
  const { t } = useTranslation('actions');
  const choices = input.enum ?? [];
  const chosen = choices.map(String).find((one) => one === value || one === JSON.stringify(value)) ?? null;
  const colors = input.enumColors;
  return (
    <Select
      {...common}
      data={choices.map(String)}
      value={chosen}
      // A number on the wire stays one.
      onChange={(next) => onChange(choices.find((one) => String(one) === next))}
      searchable={choices.length > SEARCHED}
      clearable={!common.withAsterisk}
      placeholder={t('form.choose')}
      renderOption={asOption(colors)}
      leftSection={colors === undefined || chosen === null ? undefined : <Mark color={colors[chosen]} />}
      leftSectionPointerEvents="none"
    />
  );
}

/** Some of fixed values. */
export function EnumListField({ input, value, onChange, common }: FieldProps) {
  const { t } = useTranslation('actions');
  const choices: readonly (string | number)[] = input.items?.enum ?? [];
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const colors = input.items?.enumColors ?? input.enumColors;
  return (
    <MultiSelect
      {...common}
      data={choices.map(String)}
      value={chosen}
      onChange={(next) => onChange(next.map((one) => choices.find((choice) => String(choice) === one) ?? one))}
      searchable={choices.length > SEARCHED}
      clearable
      placeholder={chosen.length === 0 ? t('form.choose') : ''}
      renderOption={asOption(colors)}
      {...(colors === undefined
        ? {}
        : {
            renderPill: ({ option, onRemove, disabled }) => (
              <Pill
                withRemoveButton={disabled !== true}
                {...(onRemove === undefined ? {} : { onRemove })}
                disabled={disabled === true}
                style={{ ...groundOf(colors[String(option.value)]), margin: 2 }}
              >
                {option.label}
              </Pill>
            ),
          })}
    />
  );
}

const groundOf = (color: string | undefined): { readonly background: string; readonly color: string } => ({
  background: `var(--q-${colorName(color)}-ground)`,
  color: `var(--q-${colorName(color)}-text)`,
});

function Mark({ color }: { readonly color: string | undefined }) {
  const style = { width: 10, height: 10, borderRadius: 4, background: `var(--q-${colorName(color)}-mark)` };
  return <span aria-hidden style={style} />;
}
