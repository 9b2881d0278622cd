import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './code-view.module.css';

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

function paint(line: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of line.matchAll(TOKEN)) {
    parts.push(line.slice(end, match.index));
    const kind =
      match[1] === undefined ? (match[3] === undefined ? 'number' : 'word') : match[2] === undefined ? 'string' : 'key';
    parts.push(
      <span key={match.index} className={classes[kind]}>
        {match[1] ?? match[0]}
      </span>,
      match[2] ?? '',
    );
    end = match.index + match[0].length;
  }
  parts.push(line.slice(end));
  return parts;
}

interface CodeViewProps {
  /** A JSON value, or text that is shown as it is. */
  readonly value: unknown;
  readonly label: string;
  readonly maxHeight?: number;
}

/** JSON or text with line numbers and a copy button. */
export function CodeView({ value, label, maxHeight = 360 }: CodeViewProps) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard({ timeout: 1200 });
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div className={classes['code']}>
      <Tooltip label={copied ? t('copied') : t('copy')}>
        <ActionIcon
          className={classes['copy']}
          onClick={() => copy(text)}
          aria-label={t('copyValue', { value: label })}
        >
          {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        </ActionIcon>
      </Tooltip>
      {/* Scrollable, so it has to be reachable by keyboard. */}
      <pre style={{ maxHeight }} tabIndex={0} role="region" aria-label={label}>
        {text.split('\n').map((line, index) => (
          <Fragment key={index}>
            <span className={classes['number-of-line']} aria-hidden>
              {index + 1}
            </span>
            <span>{typeof value === 'string' ? line : paint(line)}</span>
            {'\n'}
          </Fragment>
        ))}
      </pre>
    </div>
  );
}
