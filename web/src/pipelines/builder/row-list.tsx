import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';
import { ExpressionField } from './expression-field.tsx';
import type { ExpressionScope } from './expression-text.tsx';

interface RowListProps {
  readonly kind: 'preconditions' | 'variables';
  readonly label: string;
  readonly scope: ExpressionScope;
  readonly error: string | undefined;
  readonly rows: readonly Fields[];
  readonly onChange: (rows: readonly Fields[]) => void;
}

const text = (fields: Fields, key: string): string => {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
};

const contextOf = (row: Fields): Fields => (row['context'] ?? {}) as Fields;

/** The two texts of a row, and the row with one of them changed. */
const sides = {
  preconditions: {
    read: (row: Fields): readonly [string, string] => [
      text(contextOf(row), 'expression'),
      text(contextOf(row), 'failureMessage'),
    ],
    write: (row: Fields, [expression, failureMessage]: readonly [string, string]): Fields => ({
      ...row,
      type: row['type'] ?? 'expression',
      context: { ...contextOf(row), expression, failureMessage },
    }),
  },
  variables: {
    read: (row: Fields): readonly [string, string] => [text(row, 'key'), text(row, 'value')],
    write: (row: Fields, [key, value]: readonly [string, string]): Fields => ({ ...row, key, value }),
  },
} as const;

/** Which of the two is an expression. */
const expressionSide = { preconditions: 0, variables: 1 } as const;

/** Rows of two texts: conditions with what to say when one fails, variables with their values. */
export function RowList({ kind, label, scope, error, rows, onChange }: RowListProps) {
  const { t } = useTranslation('pipelines');
  const { read, write } = sides[kind];
  const change = (at: number, side: 0 | 1, value: string): void =>
    onChange(
      rows.map((row, index) => {
        if (index !== at) return row;
        const [first, second] = read(row);
        return write(row, side === 0 ? [value, second] : [first, value]);
      }),
    );
  return (
    <fieldset className={classes['group']}>
      <legend>{label}</legend>
      {rows.map((row, at) => (
        // Rows have no names of their own; their place is what they are told by.
        <div key={at} className={classes['pair']}>
          {([0, 1] as const).map((side) =>
            side === expressionSide[kind] ? (
              <ExpressionField
                key={side}
                kind={kind === 'preconditions' ? 'program' : 'template'}
                label={t(`row.${kind}.${side}`)}
                hideLabel
                placeholder={t(`row.${kind}.${side}`)}
                scope={scope}
                value={read(row)[side]}
                onChange={(written) => change(at, side, written)}
              />
            ) : (
              <TextInput
                key={side}
                aria-label={t(`row.${kind}.${side}`)}
                placeholder={t(`row.${kind}.${side}`)}
                spellCheck={false}
                value={read(row)[side]}
                onChange={(event) => change(at, side, event.currentTarget.value)}
              />
            ),
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('builder.removeRow')}
            onClick={() => onChange(rows.filter((_row, index) => index !== at))}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...rows, write({}, ['', ''])])}
      >
        {t(`row.${kind}.add`)}
      </Button>
    </fieldset>
  );
}
