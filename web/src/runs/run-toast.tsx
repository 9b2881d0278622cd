import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/wire.ts';
import { isOver, runQuery, useRunStream } from './api.ts';
import { RunBadge } from './run-badge.tsx';
import classes from './run-toast.module.css';

const STAYS_MS = 9000;

function RunToast({ started }: { readonly started: Run }) {
  const { t } = useTranslation('runs');
  const { logs } = useRunStream(started.id);
  const { data: run } = useQuery({
    ...runQuery(started.id),
    initialData: started,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const over = isOver(run.status);
  useEffect(() => {
    if (!over) return undefined;
    const timer = setTimeout(() => notifications.hide(started.id), STAYS_MS);
    return () => clearTimeout(timer);
  }, [over, started.id]);
  const last = logs.at(-1)?.message.split('\n')[0];
  return (
    <div className={classes['toast']}>
      <div className={classes['row']}>
        <strong>{run.action.title ?? run.action.identifier}</strong>
        <RunBadge run={run} size="sm" />
      </div>
      {run.entity !== null && run.entity !== undefined && (
        <span className={classes['entity']}>{run.entity.title ?? run.entity.identifier}</span>
      )}
      {last !== undefined && <code className={classes['log']}>{last}</code>}
      <Link
        to="/runs/$id"
        params={{ id: run.id }}
        className={classes['link']}
        onClick={() => notifications.hide(started.id)}
      >
        {t('viewDetails')}
      </Link>
    </div>
  );
}

/** A toast that follows a run to its end and leads to its page. */
export function followRun(run: Run): void {
  notifications.show({
    id: run.id,
    message: <RunToast started={run} />,
    autoClose: false,
    withBorder: true,
    radius: 'md',
    classNames: { root: classes['root'] ?? '' },
  });
}
