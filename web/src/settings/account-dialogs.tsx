import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { path, post, remove } from '../api/client.ts';
import type { User } from '../api/wire.ts';
import { DangerButton } from '../ui/danger-button.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { firstRole, RoleAndTeams } from './role-and-teams.tsx';

const users = '/v1/blueprints/_user/entities';
const domain = '@serviceaccounts.local';

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const nameOf = (user: User): string => `${user.firstName ?? ''} ${user.lastName ?? ''}`.trim() || user.email;

/** A name as the first part of an address. */
const localPart = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);

export function NewAccountDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const [title, setTitle] = useState('');
  const [role, setRole] = useState(firstRole);
  const [teams, setTeams] = useState<readonly string[]>([]);
  const identifier = `${localPart(title)}${domain}`;
  const creation = useMutation({
    mutationFn: async () => {
      const properties = { port_type: 'Service Account', port_role: role, status: 'Active' };
      const body = { identifier, title: title.trim(), team: teams, properties };
      return (await post<{ additionalData: { credentials: Credentials } }>(users, body)).additionalData.credentials;
    },
    onSuccess: async () => client.invalidateQueries({ queryKey: ['people'] }),
    gcTime: 0,
  });
  return (
    <Modal
      opened
      size={520}
      onClose={onClose}
      title={t('accounts.new')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {creation.isSuccess ? (
        <Shown credentials={creation.data} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (localPart(title) !== '') creation.mutate();
          }}
        >
          <Stack gap={16}>
            <TextInput
              label={t('accounts.name')}
              description={localPart(title) === '' ? t('accounts.nameHelp') : identifier}
              value={title}
              maxLength={100}
              required
              data-autofocus
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
            <RoleAndTeams role={role} onRole={setRole} teams={teams} onTeams={setTeams} />
            {creation.isError && (
              <Alert color="red" role="alert">
                {words(creation.error)}
              </Alert>
            )}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" loading={creation.isPending} disabled={localPart(title) === ''}>
                {t('accounts.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

/** The only time the secret is seen. */
function Shown({ credentials, onClose }: { readonly credentials: Credentials; readonly onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  return (
    <Stack gap={16}>
      <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
        {t('accounts.once')}
      </Alert>
      <Facts>
        <Fact label={t('credentials.clientId')}>
          <Identifier value={credentials.clientId} />
        </Fact>
        <Fact label={t('credentials.clientSecret')}>
          <Identifier value={credentials.clientSecret} />
        </Fact>
      </Facts>
      <Button onClick={onClose}>{t('accounts.kept')}</Button>
    </Stack>
  );
}

interface AccountDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

export function RotateDialog({ user, onClose }: AccountDialogProps) {
  const { t } = useTranslation(['settings', 'common']);
  const words = useErrorWords();
  const rotation = useMutation({
    mutationFn: async () =>
      (await post<{ credentials: Credentials }>(path('/v1/rotate-credentials', user.email))).credentials,
    gcTime: 0,
  });
  return (
    <Modal
      opened
      size={520}
      onClose={onClose}
      title={t('accounts.rotateTitle', { name: nameOf(user) })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {rotation.isSuccess ? (
        <Shown credentials={rotation.data} onClose={onClose} />
      ) : (
        <Stack gap={16}>
          <p>{t('accounts.rotateHelp')}</p>
          {rotation.isError && <p role="alert">{words(rotation.error)}</p>}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" data-autofocus onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button loading={rotation.isPending} onClick={() => rotation.mutate()}>
              {t('accounts.rotate')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

export function DeleteDialog({ user, onClose }: AccountDialogProps) {
  const { t } = useTranslation(['settings', 'common']);
  const words = useErrorWords();
  const client = useQueryClient();
  const deletion = useMutation({
    mutationFn: async () => remove(path('/v1/users', user.email)),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['people'] });
    },
  });
  return (
    <Modal
      opened
      size={480}
      onClose={onClose}
      title={t('accounts.deleteTitle', { name: nameOf(user) })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack gap={16}>
        <p>{t('accounts.deleteHelp')}</p>
        {deletion.isError && <p role="alert">{words(deletion.error)}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <DangerButton loading={deletion.isPending} onClick={() => deletion.mutate()}>
            {t('accounts.delete')}
          </DangerButton>
        </Group>
      </Stack>
    </Modal>
  );
}
