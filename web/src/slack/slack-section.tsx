import { Alert, Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconFlask,
  IconPlugConnected,
  IconSend,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../access/use-is-admin.ts';
import settings from '../settings/settings-page.module.css';
import { SlackMark } from '../ui/icon.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { AllAccounts, OwnAccounts } from './accounts-panels.tsx';
import { sendTestMessage, type SlackConnection, slackSetupQuery, testConnection } from './connection-api.ts';
import { ConnectionForm } from './connection-form.tsx';
import classes from './slack-section.module.css';
import { useSlackErrorWords } from './slack-words.ts';
import { FailedMessages } from './failed-messages.tsx';
import { SlackSetupSteps } from './slack-setup-steps.tsx';

/** The connection, how it stands, its settings and how the app is made, for administrators; and whose accounts are whose. */
export function SlackSection() {
  const admin = useIsAdmin();
  if (!admin) return <OwnAccounts />;
  return (
    <div className={classes['part']}>
      <Standing />
      <OwnAccounts />
      <AllAccounts />
      <Setup />
    </div>
  );
}

function Standing() {
  const setup = useQuery(slackSetupQuery);
  if (setup.isPending) return <RowSkeletons rows={2} height={120} />;
  if (setup.isError) return <ErrorState error={setup.error} retry={setup.refetch} />;
  const { connection } = setup.data;
  return (
    <>
      <ConnectionState connection={connection} />
      {connection !== null && <FailedMessages />}
    </>
  );
}

function Setup() {
  const { data } = useQuery(slackSetupQuery);
  if (data === undefined) return null;
  const { connection, app, version } = data;
  return (
    <>
      <ConnectionForm key={version} connection={connection} version={version} />
      <SlackSetupSteps app={app} />
    </>
  );
}

function ConnectionState({ connection }: { readonly connection: SlackConnection | null }) {
  const { t } = useTranslation('slackapp');
  return (
    <Panel>
      <div className={settings['integration']}>
        <span className={settings['mark']}>
          <SlackMark size={20} />
        </span>
        <div>
          <h2>{connection?.workspace?.team ?? 'Slack'}</h2>
          <p>{stateWords(t, connection)}</p>
        </div>
        <ConnectionBadge connection={connection} />
      </div>
      {connection !== null && <MissingScopes connection={connection} />}
      {connection?.hasAppToken === true && <SocketState socket={connection.socket} />}
      {connection !== null && <Tests connection={connection} />}
    </Panel>
  );
}

function stateWords(t: (key: string) => string, connection: SlackConnection | null): string {
  if (connection === null) return t('state.none');
  if (connection.emulated) return t('state.emulated');
  const from = connection.source === 'environment' ? 'environment' : connection.mode;
  return t(`state.${from}`);
}

function ConnectionBadge({ connection }: { readonly connection: SlackConnection | null }) {
  const { t } = useTranslation('slackapp');
  const look =
    connection === null
      ? ({ tone: 'mute', icon: IconCircleDashed, word: 'notConnected' } as const)
      : connection.emulated
        ? ({ tone: 'warn', icon: IconFlask, word: 'local' } as const)
        : ({ tone: 'good', icon: IconCircleCheck, word: 'connected' } as const);
  return (
    <StatusBadge tone={look.tone} icon={look.icon}>
      {t(`badge.${look.word}`)}
    </StatusBadge>
  );
}

function MissingScopes({ connection }: { readonly connection: SlackConnection }) {
  const { t } = useTranslation('slackapp');
  const { needed, useful } = connection.missingScopes;
  const noSecret = connection.mode === 'bot' && connection.signingSecrets === 0 && !connection.hasAppToken;
  return (
    <>
      {needed.length > 0 && (
        <Alert
          color="yellow"
          mt={16}
          styles={warning}
          icon={<IconAlertTriangle size={18} />}
          title={t('scopes.needed')}
        >
          <Scopes names={needed} /> {t('scopes.neededHelp')}
        </Alert>
      )}
      {noSecret && (
        <Alert
          color="yellow"
          mt={16}
          styles={warning}
          icon={<IconAlertTriangle size={18} />}
          title={t('scopes.noSecret')}
        >
          {t('scopes.noSecretHelp')}
        </Alert>
      )}
      {useful.length > 0 && (
        <p className={classes['note']}>
          {t('scopes.useful')} <Scopes names={useful} />
        </p>
      )}
    </>
  );
}

/** How the connection of Socket Mode stands. */
function SocketState({ socket }: Pick<SlackConnection, 'socket'>) {
  const { t } = useTranslation('slackapp');
  const state = socket?.state ?? 'connecting';
  return (
    <p className={classes['note']} role="status">
      {t(`socket.${state}`)} {state === 'failed' ? socket?.error : ''}
    </p>
  );
}

/** The theme's amber is too light for words. */
const warning = { title: { color: 'var(--q-warn)' } } as const;

function Scopes({ names }: { readonly names: readonly string[] }) {
  return names.map((name) => (
    <code key={name} className={classes['scope']}>
      {name}
    </code>
  ));
}

function Tests({ connection }: { readonly connection: SlackConnection }) {
  const { t } = useTranslation('slackapp');
  const client = useQueryClient();
  const words = useSlackErrorWords();
  const test = useMutation({
    mutationFn: testConnection,
    onSuccess: (answer) => client.setQueryData(slackSetupQuery.queryKey, answer),
  });
  const message = useMutation({
    mutationFn: sendTestMessage,
    onSuccess: ({ channel }) => notifications.show({ message: t('test.posted', { channel }) }),
  });
  const error = test.error ?? message.error;
  return (
    <>
      {error !== null && (
        <Alert color="red" mt={16} role="alert" icon={<IconAlertTriangle size={18} />}>
          {words(error)}
        </Alert>
      )}
      <Group gap={8} mt={16}>
        {connection.hasBotToken && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlugConnected size={15} />}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            {t('test.connection')}
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconSend size={15} />}
          loading={message.isPending}
          onClick={() => message.mutate()}
        >
          {t('test.message')}
        </Button>
        {connection.emulated && (
          <Button component={Link} to="/slack" variant="subtle" size="xs">
            {t('test.open')}
          </Button>
        )}
        {connection.checkedAt !== null && (
          <span className={classes['checked']}>
            {t('test.checked')} <RelativeTime at={connection.checkedAt} />
          </span>
        )}
      </Group>
    </>
  );
}
