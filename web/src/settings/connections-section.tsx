import { Button, Group, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck, IconCircleDashed, IconFlask, IconServer } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { everyActionQuery } from '../actions/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { integrationsQuery } from './api.ts';
import { ConnectionDialog } from './connection-dialog.tsx';
import { type ConnectionKind, connectionKinds, type SavedConnection } from './connection-kinds.ts';
import { connectionsQuery, removeConnection } from './connections-api.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import classes from './settings-page.module.css';

/** The systems that actions call, one panel each. */
export function ConnectionsSection() {
  const admin = useIsAdmin();
  const connections = useQuery({ ...connectionsQuery, enabled: admin });
  if (admin && connections.isPending) return <RowSkeletons rows={3} height={96} />;
  if (connections.isError) return <ErrorState error={connections.error} retry={connections.refetch} />;
  return connectionKinds.map((kind) => (
    <ConnectionPanel
      key={kind.kind}
      of={kind}
      saved={connections.data?.find((one) => one.kind === kind.kind)}
      editable={admin}
    />
  ));
}

interface ConnectionPanelProps {
  readonly of: ConnectionKind;
  readonly saved: SavedConnection | undefined;
  readonly editable: boolean;
}

function ConnectionPanel({ of, saved, editable }: ConnectionPanelProps) {
  const { t } = useTranslation('connections');
  const [open, setOpen] = useState<'form' | 'remove'>();
  const state = useConnectionState(of, saved);
  const address = saved?.settings['apiUrl'] ?? saved?.settings['url'];
  const press = t(saved === undefined ? 'connect' : 'edit');
  return (
    <Panel>
      <div className={classes['integration']}>
        <span className={classes['mark']}>
          <NamedIcon name={of.icon} size={20} />
        </span>
        <div>
          <h2>{of.name}</h2>
          <p>
            {t(`state.${state.word}`)} {address !== undefined && <code>{address}</code>}
            {saved !== undefined && (
              <>
                {' '}
                {t('changed')} <RelativeTime at={saved.updatedAt} />
              </>
            )}
          </p>
          <UsedBy of={of} />
        </div>
        <StatusBadge tone={state.tone} icon={state.icon}>
          {t(`badge.${state.word}`)}
        </StatusBadge>
      </div>
      {editable && (
        <Group gap={8} mt={12}>
          <Button variant="default" size="xs" onClick={() => setOpen('form')} aria-label={`${press}: ${of.name}`}>
            {press}
          </Button>
          {saved !== undefined && (
            <Button variant="subtle" color="red" size="xs" onClick={() => setOpen('remove')}>
              {t('remove')}
            </Button>
          )}
        </Group>
      )}
      {open === 'form' && <ConnectionDialog of={of} saved={saved} onClose={() => setOpen(undefined)} />}
      {open === 'remove' && <RemoveDialog of={of} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}

const own = { tone: 'good', icon: IconCircleCheck, word: 'own' } as const;
const server = { tone: 'good', icon: IconServer, word: 'server' } as const;
const emulated = { tone: 'warn', icon: IconFlask, word: 'emulated' } as const;
const none = { tone: 'mute', icon: IconCircleDashed, word: 'none' } as const;

/** Its own connection, or what the server's settings give to every organisation. */
function useConnectionState({ kind }: ConnectionKind, saved: SavedConnection | undefined) {
  const { data } = useQuery(integrationsQuery);
  if (saved !== undefined) return own;
  const github = kind === 'github' ? data?.github : undefined;
  if (github?.emulated === true) return emulated;
  return github?.configured === true ? server : none;
}

const SHOWN = 4;

/** The actions that would stop working without it. */
function UsedBy({ of }: { readonly of: ConnectionKind }) {
  const { t } = useTranslation('connections');
  const { data: actions = [] } = useQuery(everyActionQuery);
  const users = actions.filter(({ invocationMethod }) => of.methods.includes(invocationMethod.type));
  if (users.length === 0) return <p className={classes['users']}>{t('unused')}</p>;
  return (
    <p className={classes['users']}>
      {t('usedBy', { count: users.length })}{' '}
      {users.slice(0, SHOWN).map(({ identifier, title }) => (
        <Link
          key={identifier}
          to="/self-service/$action/edit"
          params={{ action: identifier }}
          search={{ tab: 'backend' }}
        >
          {title ?? identifier}
        </Link>
      ))}
      {users.length > SHOWN && <span>{t('andMore', { count: users.length - SHOWN })}</span>}
    </p>
  );
}

function RemoveDialog({ of, onClose }: { readonly of: ConnectionKind; readonly onClose: () => void }) {
  const { t } = useTranslation('connections');
  const client = useQueryClient();
  const words = useErrorWords();
  const removing = useMutation({
    mutationFn: async () => removeConnection(of.kind),
    onSuccess: () => {
      onClose();
      notifications.show({ message: t('removed', { name: of.name }) });
      void client.invalidateQueries({ queryKey: ['integrations'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('removeTitle', { name: of.name })}
      closeButtonProps={{ 'aria-label': t('cancel') }}
    >
      <p>{t('removeHelp')}</p>
      <UsedBy of={of} />
      {removing.isError && <p role="alert">{words(removing.error)}</p>}
      <Group gap={8} mt={16} justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
          {t('remove')}
        </Button>
      </Group>
    </Modal>
  );
}
