import { Button, SegmentedControl } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { deliveriesQuery, deliveryStates } from './api.ts';
import { DeliveryRow } from './delivery-row.tsx';

export function DeliveriesPage() {
  const { t } = useTranslation('deliveries');
  const { state } = useSearch({ from: '/app/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const pages = useInfiniteQuery(deliveriesQuery(state));
  const deliveries = pages.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Page title={t('title')} lead={t('lead')} icon={<IconSend size={20} stroke={1.6} />}>
      <SegmentedControl
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
        size="xs"
        aria-label={t('filter')}
        value={state ?? 'all'}
        onChange={(next) => void navigate({ search: next === 'all' ? {} : { state: next }, replace: true })}
        data={[
          { value: 'all', label: t('all') },
          ...deliveryStates.map((value) => ({ value, label: t(`state.${value}`) })),
        ]}
      />
      {pages.isPending && <RowSkeletons rows={6} height={56} />}
      {pages.isError && <ErrorState error={pages.error} retry={pages.refetch} />}
      {pages.isSuccess && deliveries.length === 0 && (
        <EmptyState icon={IconSend} title={state === undefined ? t('empty') : t('noneInState')}>
          {t('emptyHelp')}
        </EmptyState>
      )}
      {deliveries.length > 0 && (
        <Panel flush>
          <ul>
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        </Panel>
      )}
      {pages.hasNextPage && (
        <Button
          variant="default"
          style={{ alignSelf: 'center' }}
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </Page>
  );
}
