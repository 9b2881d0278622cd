import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserInput } from '../api/wire.ts';
import { entitySearchQuery, entityTitlesQuery } from './api.ts';

interface FieldProps {
  readonly name?: string;
  readonly label: ReactNode;
  readonly description: string | undefined;
  readonly withAsterisk: boolean;
  readonly error: ReactNode;
  readonly disabled?: boolean;
  readonly inputWrapperOrder?: ('label' | 'input' | 'error' | 'description')[];
  readonly 'data-autofocus'?: boolean;
}

interface EntityFieldProps {
  readonly input: UserInput;
  readonly blueprint: string | undefined;
  readonly multiple?: boolean;
  readonly value: unknown;
  readonly common: FieldProps;
  readonly onChange: (value: unknown) => void;
}

const TYPING_MS = 200;

/** Entities to choose from, searched for on the server among those that the form allows. */
export function EntityField({ input, blueprint = '', multiple = false, value, common, onChange }: EntityFieldProps) {
  const { t } = useTranslation('actions');
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const dataset = input.items?.dataset ?? input.dataset;
  const found = useQuery({
    ...entitySearchQuery({ blueprint, text: asked, dataset, sort: input.sort }),
    enabled: blueprint !== '' && common.disabled !== true,
  });
  const chosen = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  const offered = (found.data ?? []).map((one) => ({ value: one.identifier, label: one.title || one.identifier }));
  const missing = chosen.filter((one) => !offered.some((choice) => choice.value === one));
  const named = useQuery({ ...entityTitlesQuery(blueprint, missing), enabled: blueprint !== '' && missing.length > 0 });
  const titleOf = (identifier: string): string =>
    named.data?.find((one) => one.identifier === identifier)?.title ?? identifier;
  const shared = {
    ...common,
    data: [...missing.map((one) => ({ value: one, label: titleOf(one) })), ...offered],
    searchable: true,
    onSearchChange: setText,
    // The server has searched already; a second search here would miss identifiers.
    filter: ({ options }: { options: unknown }) => options as never,
    placeholder: chosen.length === 0 ? t('form.choose') : '',
    nothingFoundMessage: found.isError
      ? t('form.cannotSearch')
      : t(found.isFetching ? 'loading' : 'form.nothingFound', { ns: found.isFetching ? 'common' : 'actions' }),
  };
  if (multiple) return <MultiSelect {...shared} clearable value={chosen} onChange={onChange} />;
  return (
    <Select
      {...shared}
      clearable={!common.withAsterisk}
      value={chosen[0] ?? null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
