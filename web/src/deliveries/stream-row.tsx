import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './stream-row.module.css';
import { giveUp, testStream, type WireStream } from './streams-api.ts';

interface StreamRowProps {
  readonly stream: WireStream;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function StreamRow({ stream, onEdit, onRemove }: StreamRowProps) {
  const { t } = useTranslation('deliveries');
  const { id, title, endpoint, lastDelivered, givenUp } = stream;
  const test = useTest(stream);
  return (
    <li className={classes['stream']}>
      <div className={classes['head']}>
        <span className={classes['name']}>
          <strong>{title}</strong>
          <code>{endpoint}</code>
        </span>
        <State stream={stream} />
      </div>
      {stream.failing !== null && <Failing failing={stream.failing} />}
      <div className={classes['foot']}>
        <span className={classes['facts']}>
          {lastDelivered === null ? (
            t('streams.nothingYet')
          ) : (
            <>
              {t('streams.last', { number: lastDelivered.eventNumber })} <RelativeTime at={lastDelivered.at} />
            </>
          )}
          {givenUp > 0 && (
            <>
              {' · '}
              <Link to="/deliveries" search={{ stream: id, state: 'dead' }}>
                {t('streams.givenUp', { count: givenUp })}
              </Link>
            </>
          )}
        </span>
        <span className={classes['tools']}>
          <Button
            size="compact-sm"
            variant="default"
            loading={test.isPending}
            onClick={() => test.mutate()}
            aria-label={t('streams.testNamed', { title })}
          >
            {t('streams.test')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            renderRoot={(props) => <Link to="/deliveries" search={{ stream: id }} {...props} />}
            aria-label={t('streams.deliveriesOf', { title })}
          >
            {t('title')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={t('streams.editNamed', { title })}>
            {t('streams.edit')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={onRemove}
            aria-label={t('streams.removeNamed', { title })}
          >
            {t('streams.remove')}
          </Button>
        </span>
      </div>
    </li>
  );
}

function useTest({ id, title }: WireStream) {
  const { t } = useTranslation('deliveries');
  const words = useErrorWords();
  return useMutation({
    mutationFn: async () => testStream(id),
    onSuccess: ({ works, status, message }) =>
      notifications.show(
        works
          ? { withBorder: true, message: t('streams.testWorked', { title, status }) }
          : { color: 'red', withBorder: true, message: t('streams.testFailed', { title, message }) },
      ),
    onError: (error) => notifications.show({ color: 'red', withBorder: true, message: words(error) }),
  });
}

function State({ stream: { failing, waiting } }: { readonly stream: WireStream }) {
  const { t } = useTranslation('deliveries');
  if (failing !== null) {
    return (
      <StatusBadge tone="bad" icon={IconAlertTriangle}>
        {t('streams.heldUp', { count: waiting })}
      </StatusBadge>
    );
  }
  return waiting === 0 ? (
    <StatusBadge tone="good" icon={IconCircleCheck}>
      {t('streams.upToDate')}
    </StatusBadge>
  ) : (
    <StatusBadge tone="busy" icon={IconClock}>
      {t('streams.waiting', { count: waiting })}
    </StatusBadge>
  );
}

/** What all others wait for. */
function Failing({ failing }: { readonly failing: NonNullable<WireStream['failing']> }) {
  const { t } = useTranslation('deliveries');
  const client = useQueryClient();
  const words = useErrorWords();
  const { delivery, eventNumber: number, attempts, error, nextAttemptAt } = failing;
  const skip = useMutation({
    mutationFn: async () => giveUp(delivery),
    onSuccess: async () => {
      notifications.show({ withBorder: true, message: t('streams.skipped', { number }) });
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
    onError: (problem) => notifications.show({ color: 'red', withBorder: true, message: words(problem) }),
  });
  return (
    <div className={classes['failing']}>
      <p>
        <strong>#{number}</strong> {error}
        <small>
          {t('attempts', { count: attempts })}
          {nextAttemptAt !== null && (
            <>
              {' · '}
              {t('next')} <RelativeTime at={nextAttemptAt} />
            </>
          )}
        </small>
      </p>
      <Button size="compact-sm" variant="default" loading={skip.isPending} onClick={() => skip.mutate()}>
        {t('streams.skip', { number })}
      </Button>
    </div>
  );
}
