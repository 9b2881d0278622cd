import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import { sameJson } from './paths.ts';
import { recordOf, useEditor, useField } from './use-action-editor.ts';

type Lines = readonly (readonly [name: string, value: string])[];

const linesOf = (headers: Readonly<Record<string, unknown>>): Lines =>
  Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
const headersOf = (lines: Lines): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.filter(([name]) => name.trim() !== ''));

const example = { name: 'X-Run-Id', value: '{{ .run.id }}' } as const;

/** Headers of a webhook, one a line. A line without a name is not sent. */
export function HeaderFields() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['invocationMethod', 'headers']);
  const { warnings } = useEditor().checks;
  const headers = recordOf(value);
  const [typed, setTyped] = useState<Lines>(() => linesOf(headers));
  const lines = sameJson(headersOf(typed), headersOf(linesOf(headers))) ? typed : linesOf(headers);
  const change = (next: Lines): void => {
    setTyped(next);
    const given = headersOf(next);
    set(Object.keys(given).length === 0 ? undefined : given);
  };
  return (
    <div className={classes['stack']} role="group" aria-label={t('headers.title')}>
      <span className={classes['label']}>{t('headers.title')}</span>
      {lines.map(([name, content], index) => (
        // A header half typed has no name to go by.
        <div key={index} className={classes['header']}>
          <TextInput
            size="xs"
            aria-label={t('headers.name', { number: index + 1 })}
            placeholder={example.name}
            spellCheck={false}
            value={name}
            onChange={(event) => {
              const next = event.currentTarget.value;
              change(lines.map((line, at) => (at === index ? [next, content] : line)));
            }}
          />
          <TextInput
            size="xs"
            aria-label={t('headers.value', { number: index + 1 })}
            placeholder={example.value}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--q-mono)' } }}
            value={content}
            onChange={(event) => {
              const next = event.currentTarget.value;
              change(lines.map((line, at) => (at === index ? [name, next] : line)));
            }}
          />
          <ActionIcon
            aria-label={t('headers.remove', { number: index + 1 })}
            onClick={() => change(lines.filter((_, at) => at !== index))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      {warnings
        .filter(({ path }) => path[1] === 'headers')
        .map(({ path, message }) => (
          <p key={`${path.join('.')} ${message}`} className={classes['warning']} role="status">
            <code>{path.slice(2).join('.')}</code> {message}
          </p>
        ))}
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => setTyped([...lines, ['', '']])}
      >
        {t('headers.add')}
      </Button>
    </div>
  );
}
