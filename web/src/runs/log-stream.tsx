import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconArrowBarToDown, IconCheck, IconCopy, IconSearch, IconTextWrap } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunLine } from './run-lines.ts';
import classes from './log-stream.module.css';

interface LogStreamProps {
  readonly logs: readonly RunLine[];
  readonly connection: 'connecting' | 'live' | 'lost' | 'ended';
}

const LINE_PX = 22;
const NEAR_PX = 32;

const clock = (at: string, language: string): string =>
  new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(
    new Date(at),
  );

/** Marks each occurrence of the sought text. */
function marked(text: string, query: string): ReactNode {
  if (query === '') return text;
  const parts: ReactNode[] = [];
  const low = text.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(query); at !== -1; at = low.indexOf(query, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + query.length)}</mark>);
    from = at + query.length;
  }
  return [...parts, text.slice(from)];
}

/** The log as a quiet terminal: search, wrap, copy, and it follows the end until the reader scrolls up. */
export function LogStream({ logs, connection }: LogStreamProps) {
  const { t, i18n } = useTranslation('runs');
  const [query, setQuery] = useState('');
  const [wrap, setWrap] = useState(true);
  const [follow, setFollow] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const { copied, copy } = useClipboard({ timeout: 1200 });
  const sought = query.trim().toLowerCase();
  const lines = logs
    .map((log, index) => ({ ...log, line: index + 1 }))
    .filter((log) => sought === '' || log.message.toLowerCase().includes(sought));
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
    initialRect: { width: 800, height: 400 },
  });

  useEffect(() => {
    if (follow && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follow, lines.length, rows]);

  const onScroll = (): void => {
    const box = scroller.current;
    if (box === null) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (atEnd !== follow) setFollow(atEnd);
  };

  return (
    <div className={classes['terminal']}>
      <div className={classes['bar']}>
        <TextInput
          size="xs"
          className={classes['search'] ?? ''}
          leftSection={<IconSearch size={14} />}
          placeholder={t('log.search')}
          aria-label={t('log.search')}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <span className={classes['count']} role="status">
          {sought === '' ? t('log.lines', { count: logs.length }) : t('log.found', { count: lines.length })}
        </span>
        <Tooltip label={t('log.wrap')}>
          <ActionIcon aria-label={t('log.wrap')} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
            <IconTextWrap size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={copied ? t('copied', { ns: 'common' }) : t('log.copy')}>
          <ActionIcon
            aria-label={t('log.copy')}
            onClick={() => copy(logs.map((log) => `[${log.createdAt}] ${log.message}`).join('\n'))}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('log.follow')}>
          <ActionIcon aria-label={t('log.follow')} aria-pressed={follow} onClick={() => setFollow(!follow)}>
            <IconArrowBarToDown size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div
        ref={scroller}
        className={classes['lines']}
        onScroll={onScroll}
        data-wrap={wrap || undefined}
        tabIndex={0}
        role="log"
        aria-label={t('log.title')}
      >
        {lines.length === 0 && (
          <p className={classes['none']}>
            {sought === '' ? t(connection === 'ended' ? 'log.empty' : 'log.waiting') : t('log.nothing')}
          </p>
        )}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const log = lines[item.index];
            return log === undefined ? null : (
              <div
                key={log.id}
                ref={rows.measureElement}
                data-index={item.index}
                data-kind={log.kind}
                className={classes['line']}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span className={classes['number']} aria-hidden>
                  {log.line}
                </span>
                <time dateTime={log.createdAt}>{clock(log.createdAt, i18n.language)}</time>
                <span className={classes['message']}>{marked(log.message, sought)}</span>
              </div>
            );
          })}
        </div>
      </div>
      {connection === 'lost' && (
        <p className={classes['lost']} role="status">
          {t('log.lost')}
        </p>
      )}
    </div>
  );
}
