import { Button, Group, SegmentedControl, Select } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { deliveriesQuery, deliveryStates } from './api.ts';
import { DeliveryRow } from './delivery-row.tsx';
import { streamsQuery } from './streams-api.ts';

export function DeliveriesPage() {
  const { t } = useTranslation('deliveries');
  const { state, stream } = useSearch({ from: '/app/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const pages = useInfiniteQuery(deliveriesQuery(state, stream));
  const deliveries = pages.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Page title={t('title')} lead={t('lead')} icon={<IconSend size={20} stroke={1.6} />}>
      <Group gap={12}>
        <SegmentedControl
          style={{ maxWidth: '100%', overflowX: 'auto' }}
          size="xs"
          aria-label={t('filter')}
          value={state ?? 'all'}
          onChange={(next) =>
            void navigate({
              search: { ...(stream === undefined ? {} : { stream }), ...(next === 'all' ? {} : { state: next }) },
              replace: true,
            })
          }
          data={[
            { value: 'all', label: t('all') },
            ...deliveryStates.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
        <StreamChoice
          value={stream}
          onChange={(next) => void navigate({ search: next === undefined ? {} : { stream: next }, replace: true })}
        />
      </Group>
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

interface StreamChoiceProps {
  readonly value: string | undefined;
  readonly onChange: (stream: string | undefined) => void;
}

/** Webhooks of blueprints, or one of the addresses to which everything is told; there only where there is a choice. */
function StreamChoice({ value, onChange }: StreamChoiceProps) {
  const { t } = useTranslation('deliveries');
  const admin = useIsAdmin();
  const { data: streams = [] } = useQuery({ ...streamsQuery, enabled: admin });
  if (streams.length === 0) return null;
  return (
    <Select
      size="xs"
      w={240}
      aria-label={t('filterStream')}
      allowDeselect={false}
      value={value ?? ''}
      onChange={(next) => onChange(next === null || next === '' ? undefined : next)}
      data={[{ value: '', label: t('allStreams') }, ...streams.map(({ id, title }) => ({ value: id, label: title }))]}
    />
  );
}
