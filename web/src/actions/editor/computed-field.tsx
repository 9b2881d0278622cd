import { SegmentedControl, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './form-tab.module.css';
import { isPlain } from './paths.ts';

interface ComputedFieldProps {
  readonly label: string;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly example: string;
  /** Names of the fixed choices, by the value they stand for. */
  readonly choices: readonly { readonly name: string; readonly label: string; readonly value: unknown }[];
  /** The fixed choice that a value belongs to. */
  readonly nameOf: (value: unknown) => string;
  readonly onChange: (value: unknown) => void;
  /** What else is to be said of the fixed choice. */
  readonly children?: ReactNode;
}

export const queryOf = (value: unknown): string | undefined =>
  isPlain(value) && typeof value['jqQuery'] === 'string' ? value['jqQuery'] : undefined;

/** Something that is fixed, or computed with jq while the form is filled in. */
export function ComputedField({
  label,
  value,
  error,
  example,
  choices,
  nameOf,
  onChange,
  children,
}: ComputedFieldProps) {
  const { t } = useTranslation('action-editor');
  const id = useId();
  const query = queryOf(value);
  return (
    <div className={classes['computed']}>
      <div className={classes['computedHead']}>
        <span className={classes['label']} id={id}>
          {label}
        </span>
        <SegmentedControl
          size="xs"
          aria-labelledby={id}
          value={query === undefined ? nameOf(value) : 'jq'}
          data={[
            ...choices.map((one) => ({ value: one.name, label: one.label })),
            { value: 'jq', label: t('input.jq') },
          ]}
          onChange={(next) =>
            onChange(next === 'jq' ? { jqQuery: example } : choices.find((one) => one.name === next)?.value)
          }
        />
      </div>
      {query === undefined ? (
        children
      ) : (
        <Textarea
          aria-labelledby={id}
          autosize
          minRows={1}
          maxRows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
          description={t('input.jqHelp')}
          inputWrapperOrder={['input', 'error', 'description']}
          value={query}
          error={error}
          onChange={(event) => onChange({ ...(isPlain(value) ? value : {}), jqQuery: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
