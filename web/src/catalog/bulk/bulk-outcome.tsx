import { Button, Progress } from '@mantine/core';
import { IconCircleCheck, IconAlertTriangle, IconLoader2, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '../../api/wire.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { type BulkAnswer, bulkQuery, cancelBulk, isRunning, retryBulk } from './bulk-api.ts';
import classes from './bulk.module.css';
import { Refusals } from './preview-tables.tsx';

interface BulkOutcomeProps {
  readonly answer: BulkAnswer;
  readonly blueprint: Blueprint;
  readonly onChange: (id: string) => void;
  readonly onClose: () => void;
}

/** How far a bulk change is; at its end what was done, and what was refused to be tried again. */
export function BulkOutcome({ answer: { change, failures }, onChange, onClose }: BulkOutcomeProps) {
  const { t } = useTranslation('table');
  const client = useQueryClient();
  const words = useErrorWords();
  const running = isRunning(change);
  const { id, done, unchanged, failed, total, status } = change;
  useEffect(() => {
    if (!running)
      for (const queryKey of [['entities'], ['entity'], ['audits']]) void client.invalidateQueries({ queryKey });
  }, [running, client]);
  const retrying = useMutation({
    mutationFn: async () => retryBulk(id),
    onSuccess: (next) => {
      client.setQueryData(bulkQuery(next.change.id).queryKey, next);
      onChange(next.change.id);
    },
  });
  const cancelling = useMutation({
    mutationFn: async () => cancelBulk(id),
    onSettled: async () => client.invalidateQueries({ queryKey: ['bulk-change', id] }),
  });
  const looked = done + unchanged + failed;
  const isGood = status === 'completed' && failed === 0;
  const Icon = running ? IconLoader2 : isGood ? IconCircleCheck : IconAlertTriangle;
  return (
    <div className={classes['parts']}>
      <p className={classes['outcome']} data-tone={running ? 'busy' : isGood ? 'good' : 'warn'} role="status">
        <Icon size={20} aria-hidden />
        {t(`bulk.outcome.${status === 'completed' && failed > 0 ? 'partly' : status}`, { count: done, total })}
      </p>
      <Progress
        value={total === 0 ? 100 : Math.min(100, (looked / total) * 100)}
        aria-label={t('bulk.progress')}
        color={failed > 0 ? 'yellow' : 'teal'}
      />
      <ul className={classes['sums']}>
        <li>{t(`bulk.done.${change.change.kind}`, { count: done })}</li>
        {unchanged > 0 && <li>{t('bulk.sum.unchanged', { count: unchanged })}</li>}
        {failed > 0 && <li data-tone="warn">{t('bulk.sum.refused', { count: failed })}</li>}
      </ul>
      {change.message !== null && <p className={classes['bad']}>{change.message}</p>}
      <Refusals failures={failures} count={failed} />
      {retrying.isError && (
        <p className={classes['bad']} role="alert">
          {words(retrying.error)}
        </p>
      )}
      <div className={classes['buttons']}>
        {running && (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={16} />}
            loading={cancelling.isPending || status === 'cancelling'}
            onClick={() => cancelling.mutate()}
          >
            {t('bulk.stop')}
          </Button>
        )}
        {!running && failed > 0 && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={retrying.isPending}
            onClick={() => retrying.mutate()}
          >
            {t('bulk.retry', { count: failed })}
          </Button>
        )}
        <Button onClick={onClose}>{t(running ? 'bulk.behind' : 'bulk.close')}</Button>
      </div>
    </div>
  );
}
