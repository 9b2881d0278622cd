import { Button } from '@mantine/core';
import { IconBroadcast, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import settings from '../settings/settings-page.module.css';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { RemoveStreamDialog, StreamDialog } from './stream-dialogs.tsx';
import { StreamRow } from './stream-row.tsx';
import { streamsQuery, type WireStream } from './streams-api.ts';

type Asked =
  | { readonly kind: 'form'; readonly stream: WireStream | null }
  | { readonly kind: 'remove'; readonly stream: WireStream };

/** Addresses to which everything that happens is told. */
export function StreamsSection() {
  const { t } = useTranslation('deliveries');
  const admin = useIsAdmin();
  const streams = useQuery({ ...streamsQuery, enabled: admin });
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const found = streams.data ?? [];
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.8} />} onClick={() => setAsked({ kind: 'form', stream: null })}>
      {t('streams.new')}
    </Button>
  );
  if (!admin) {
    return (
      <EmptyState icon={IconBroadcast} title={t('streams.closed')}>
        {t('streams.closedHelp')}
      </EmptyState>
    );
  }
  return (
    <div className={settings['part']}>
      <div className={settings['head']}>
        <p>{t('streams.lead')}</p>
        {found.length > 0 && add}
      </div>
      {streams.isPending && <RowSkeletons rows={2} height={96} />}
      {streams.isError && <ErrorState error={streams.error} retry={streams.refetch} />}
      {streams.isSuccess && found.length === 0 && (
        <EmptyState icon={IconBroadcast} title={t('streams.empty')} action={add}>
          {t('streams.emptyHelp')}
        </EmptyState>
      )}
      {found.length > 0 && (
        <Panel flush>
          <ul>
            {found.map((stream) => (
              <StreamRow
                key={stream.id}
                stream={stream}
                onEdit={() => setAsked({ kind: 'form', stream })}
                onRemove={() => setAsked({ kind: 'remove', stream })}
              />
            ))}
          </ul>
        </Panel>
      )}
      {asked?.kind === 'form' && <StreamDialog stream={asked.stream} onClose={close} />}
      {asked?.kind === 'remove' && <RemoveStreamDialog stream={asked.stream} onClose={close} />}
    </div>
  );
}
