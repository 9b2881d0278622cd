import { useMemo } from 'react';
import type { UserInput } from '../api/wire.ts';
import { type FieldWords, SearchedField } from '../ui/searched-field.tsx';
import { entitySource } from './api.ts';

interface EntityFieldProps {
  readonly input: UserInput;
  readonly blueprint: string | undefined;
  readonly multiple?: boolean;
  readonly value: unknown;
  readonly common: FieldWords;
  readonly onChange: (value: unknown) => void;
}

/** Entities to choose from, searched for on the server among those that the form allows. */
export function EntityField({ input, blueprint = '', multiple = false, value, common, onChange }: EntityFieldProps) {
  const dataset = input.items?.dataset ?? input.dataset;
  const { sort } = input;
  const source = useMemo(() => entitySource({ blueprint, dataset, sort }), [blueprint, dataset, sort]);
  const chosen = chosenTexts(value);
  return (
    <SearchedField
      source={source}
      words={blueprint === '' ? { ...common, disabled: true } : common}
      multiple={multiple}
      value={chosen}
      onChange={(next) => onChange(multiple ? next : next[0])}
    />
  );
}

export const chosenTexts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
