import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { NamedIcon } from '../ui/icon.tsx';
import type { WidgetAnswer } from './api.ts';
import { useFill } from './templates-of-text.ts';
import { textOf, type Widget, isComputed } from './widget.ts';
import { FailedWidget, isFlush, isOfEntity, WidgetBody } from './widget-body.tsx';
import classes from './widget.module.css';

interface WidgetCardProps {
  readonly widget: Widget;
  /** Undefined while it is on its way. */
  readonly answer: WidgetAnswer | undefined;
  readonly error: unknown;
  /** Of the arranging mode, beside the title. */
  readonly tools?: ReactNode;
  readonly chosen?: boolean;
}

/** One widget in its frame. Whatever fails in it stays in it. */
export function WidgetCard({ widget, answer, error, tools, chosen = false }: WidgetCardProps) {
  const { t } = useTranslation('pages');
  const fill = useFill();
  const title = fill(textOf(widget, 'title')) || t(`type.${widget.type}`, { defaultValue: widget.type });
  const scrolls = isFlush(widget) || isOfEntity(widget);
  const waits = isComputed(widget) && answer === undefined && error === null;
  return (
    <section className={classes['card']} data-chosen={chosen || undefined} aria-label={title}>
      <header className={classes['head']}>
        {textOf(widget, 'icon') !== '' && <NamedIcon name={textOf(widget, 'icon')} size={16} />}
        <h2 title={title}>{title}</h2>
        {tools}
      </header>
      {textOf(widget, 'description') !== '' && <p className={classes['note']}>{fill(textOf(widget, 'description'))}</p>}
      <div
        className={`${classes['body']} ${isFlush(widget) ? classes['flush'] : ''}`}
        // What scrolls has to be reachable with the keyboard.
        tabIndex={scrolls ? 0 : undefined}
        role={scrolls ? 'group' : undefined}
        aria-label={scrolls ? title : undefined}
      >
        {waits ? (
          <Skeleton height="100%" mih={40} radius={6} data-pending aria-label={t('loading')} role="status" />
        ) : isComputed(widget) && answer === undefined ? (
          <FailedWidget message={t('widget.failed')} />
        ) : (
          <WidgetBody widget={widget} answer={answer} title={title} />
        )}
      </div>
    </section>
  );
}
