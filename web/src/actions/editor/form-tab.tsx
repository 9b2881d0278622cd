import { Alert } from '@mantine/core';
import { IconForms } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/states.tsx';
import classes from './form-tab.module.css';
import { AddInput } from './add-input.tsx';
import { HeadingSettings, StepSettings } from './heading-settings.tsx';
import { InputSettings } from './input-settings.tsx';
import { InputList } from './input-list.tsx';
import { addedRow, movedRow, readRows, removedRow, requiredQuery, type Row, writeRows } from './input-rows.ts';
import { RequiredField } from './required-field.tsx';
import { recordOf, useEditor, useField } from './use-action-editor.ts';

export const inputsPath = ['trigger', 'userInputs'] as const;

/** Names a row in the address. */
export const rowName = (rows: readonly Row[], row: Row): string =>
  row.kind === 'step' ? `step:${rows.filter((one) => one.kind === 'step').indexOf(row)}` : row.key;

interface FormTabProps {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string | undefined) => void;
}

/** What people are asked: the inputs in their order, and everything about the chosen one. */
export function FormTab({ chosen, onChoose }: FormTabProps) {
  const { t } = useTranslation('action-editor');
  const { value, set } = useField(inputsPath);
  const { errors } = useEditor();
  const [told, setTold] = useState('');
  const inputs = recordOf(value);
  const rows = readRows(inputs);
  const index = rows.findIndex((row) => rowName(rows, row) === chosen);
  const row = rows[index];
  const write = (next: readonly Row[]): void => set(writeRows(inputs, next));
  const change = (next: Row): void => write(rows.map((one, at) => (at === index ? next : one)));
  const general = errors.find((one) => one.path[1] === 'userInputs' && one.path.length < 4);
  return (
    <>
      {general !== undefined && (
        <Alert color="red" role="alert">
          {general.message}
        </Alert>
      )}
      <div className={classes['form']}>
        <div className={classes['left']}>
          <InputList
            rows={rows}
            chosen={index}
            onChoose={(at) => onChoose(rows[at] === undefined ? undefined : rowName(rows, rows[at]))}
            onMove={(from, to) => {
              write(movedRow(rows, from, to));
              setTold(t('form.moved', { place: to + 1, count: rows.length }));
            }}
          />
          <p className="visually-hidden" aria-live="polite">
            {told}
          </p>
          <AddInput
            rows={rows}
            onAdd={(added) => {
              const next = addedRow(rows, added, index === -1 ? undefined : index);
              write(next);
              onChoose(rowName(next, added));
            }}
          />
          {rows.length > 0 && <RequiredField query={requiredQuery(inputs)} />}
        </div>
        <div className={classes['right']}>
          {rows.length === 0 ? (
            <EmptyState icon={IconForms} title={t('form.empty')}>
              {t('form.emptyHelp')}
            </EmptyState>
          ) : (
            row === undefined && <p className={classes['hint']}>{t('form.choose')}</p>
          )}
          {row?.kind === 'input' && (
            <InputSettings
              key={row.key}
              row={row}
              rows={rows}
              onChange={change}
              onRename={(next, key) => {
                write(next);
                onChoose(key);
              }}
              onRemove={() => {
                write(removedRow(rows, index));
                onChoose(undefined);
              }}
            />
          )}
          {row?.kind === 'heading' && (
            <HeadingSettings
              row={row}
              onChange={change}
              onRemove={() => {
                write(removedRow(rows, index));
                onChoose(undefined);
              }}
            />
          )}
          {row?.kind === 'step' && (
            <StepSettings
              row={row}
              onChange={change}
              onRemove={() => {
                write(removedRow(rows, index));
                onChoose(undefined);
              }}
            />
          )}
        </div>
      </div>
    </>
  );
}
