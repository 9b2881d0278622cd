import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconHelpCircle,
  IconRefresh,
  IconSkull,
  type Icon,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/states.tsx';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { resend, type Delivery, type DeliveryState } from './api.ts';
import classes from './delivery-row.module.css';

const looks: Readonly<Record<DeliveryState, { tone: Tone; icon: Icon }>> = {
  pending: { tone: 'busy', icon: IconClock },
  delivered: { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX },
  dead: { tone: 'bad', icon: IconSkull },
  unknown: { tone: 'warn', icon: IconHelpCircle },
};

/** States in which a person may send the message once more. */
const resendable = new Set<DeliveryState>(['failed', 'dead', 'unknown']);

export function DeliveryRow({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation('deliveries');
  const client = useQueryClient();
  const words = useErrorWords();
  const again = useMutation({
    mutationFn: () => resend(delivery.id),
    onSuccess: async () => {
      notifications.show({ withBorder: true, message: t('resent', { number: delivery.eventNumber }) });
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
    onError: (error) => notifications.show({ color: 'red', withBorder: true, message: words(error) }),
  });
  const { tone, icon } = looks[delivery.state];
  return (
    <li className={classes['row']}>
      <span>
        <StatusBadge tone={tone} icon={icon} size="sm">
          {t(`state.${delivery.state}`)}
        </StatusBadge>
      </span>
      <div className={classes['words']}>
        <span className={classes['subject']}>
          <span className={classes['number']}>#{delivery.eventNumber}</span>
          {delivery.blueprint !== null && delivery.entity !== null ? (
            <Link
              to="/catalog/$blueprint/$identifier"
              params={{ blueprint: delivery.blueprint, identifier: delivery.entity }}
            >
              {delivery.entity}
            </Link>
          ) : (
            <span>{delivery.blueprint ?? (delivery.kind === undefined ? t('organisation') : '')}</span>
          )}
          {delivery.kind !== undefined && <code>{delivery.kind}</code>}
          <code>{delivery.endpoint}</code>
        </span>
        {delivery.lastError !== null && <span className={classes['error']}>{delivery.lastError}</span>}
      </div>
      <span className={classes['attempts']}>
        {t('attempts', { count: delivery.attempts })}
        {delivery.lastStatus !== null && ` · ${delivery.lastStatus}`}
        {delivery.nextAttemptAt !== null && (
          <small>
            {t('next')} <RelativeTime at={delivery.nextAttemptAt} />
          </small>
        )}
      </span>
      <span className={classes['when']}>
        <RelativeTime at={delivery.deliveredAt ?? delivery.createdAt} />
      </span>
      <span className={classes['act']}>
        {resendable.has(delivery.state) && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={again.isPending}
            onClick={() => again.mutate()}
            aria-label={t('resendNumber', { number: delivery.eventNumber })}
          >
            {t('resend')}
          </Button>
        )}
      </span>
    </li>
  );
}
