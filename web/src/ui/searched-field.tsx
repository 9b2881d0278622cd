import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './searched-field.module.css';

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Tells apart what is named alike. */
  readonly note?: string | undefined;
}

export interface ChoicePage {
  readonly choices: readonly Choice[];
  readonly next?: string | null | undefined;
}

/** Where choices come from: the server, a page at a time. */
export interface ChoiceSource {
  readonly key: readonly unknown[];
  readonly search: (text: string, after: string | undefined, signal: AbortSignal) => Promise<ChoicePage>;
  /** What is chosen already, under its name. */
  readonly named: (values: readonly string[], signal: AbortSignal) => Promise<readonly Choice[]>;
}

export interface FieldWords {
  readonly name?: string;
  readonly label: ReactNode;
  readonly description?: string | undefined;
  readonly withAsterisk?: boolean;
  readonly error?: ReactNode;
  readonly disabled?: boolean;
  readonly inputWrapperOrder?: ('label' | 'input' | 'error' | 'description')[];
  readonly 'data-autofocus'?: boolean;
}

interface SearchedFieldProps {
  readonly source: ChoiceSource;
  readonly words: FieldWords;
  readonly value: readonly string[];
  readonly multiple?: boolean;
  readonly placeholder?: string;
  readonly onChange: (value: readonly string[]) => void;
}

const TYPING_MS = 200;
const MINUTE = 60_000;

/** One or many out of a list of any length: searched on the server, the next page when the end is reached. */
export function SearchedField({ source, words, value, multiple = false, placeholder, onChange }: SearchedFieldProps) {
  const { t } = useTranslation('actions');
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const names = useNames(source, value);
  // The name of what is chosen stands in the field; it is no question.
  const typed = !multiple && names.some((one) => one.label === text) ? '' : text;
  const found = useFound(source, typed, open && words.disabled !== true);
  const offered = found.choices.filter(({ value: one }) => !names.some((choice) => choice.value === one));
  const notes = new Map([...names, ...offered].map((one) => [one.value, one.note]));
  const shared = {
    ...words,
    // What is chosen stays chosen whatever is looked for, but is offered only where it fits.
    data: [...names, ...offered].map(({ value: one, label }) => ({ value: one, label })),
    filter: ({ options }: { options: readonly object[] }) =>
      (typed === '' ? options : options.filter((one) => isAmong(found.choices, one))) as never,
    searchable: true,
    searchValue: text,
    onSearchChange: setText,
    onDropdownOpen: () => setOpen(true),
    onDropdownClose: () => setOpen(false),
    scrollAreaProps: { onBottomReached: found.more },
    maxDropdownHeight: 260,
    placeholder: value.length > 0 ? '' : (placeholder ?? t('form.choose')),
    nothingFoundMessage: found.failed
      ? t('form.cannotSearch')
      : found.fetching
        ? t('loading', { ns: 'common' })
        : t('form.nothingFound'),
    renderOption: ({ option }: { readonly option: { readonly value: string; readonly label: string } }) => (
      <span className={classes['option']}>
        <span>{option.label}</span>
        {notes.get(option.value) !== undefined && <small>{notes.get(option.value)}</small>}
      </span>
    ),
  };
  if (multiple) return <MultiSelect {...shared} clearable value={[...value]} onChange={onChange} hidePickedOptions />;
  return (
    <Select
      {...shared}
      clearable={words.withAsterisk !== true}
      value={value[0] ?? null}
      onChange={(next) => onChange(next === null ? [] : [next])}
    />
  );
}

const isAmong = (choices: readonly Choice[], option: object): boolean =>
  'value' in option && choices.some(({ value }) => value === option.value);

/** Names of what is chosen; its own value where it is not to be found any more. */
function useNames(source: ChoiceSource, values: readonly string[]): readonly Choice[] {
  const { data = [] } = useQuery({
    queryKey: [...source.key, 'named', values],
    queryFn: async ({ signal }) => source.named(values, signal),
    enabled: values.length > 0,
    staleTime: MINUTE,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return values.map((value) => data.find((one) => one.value === value) ?? { value, label: value });
}

function useFound(source: ChoiceSource, text: string, enabled: boolean) {
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const found = useInfiniteQuery({
    queryKey: [...source.key, 'search', asked],
    queryFn: async ({ pageParam, signal }) => source.search(asked.trim(), pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    enabled,
    retry: false,
  });
  return {
    choices: found.data?.pages.flatMap((page) => page.choices) ?? [],
    fetching: found.isFetching,
    failed: found.isError,
    more: () => {
      if (found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage();
    },
  };
}
