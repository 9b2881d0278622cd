import { Alert, Button, Modal, Stack, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { invite } from '../access/api.ts';
import { Identifier } from '../ui/identifier.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { firstRole, RoleAndTeams } from './role-and-teams.tsx';

/** Makes a link that lets one person join; the link is shown once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const words = useErrorWords();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState(firstRole);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const attempt = useMutation({
    mutationFn: () => invite({ email, roles: [role], teams: chosen }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={480}
      title={t('people.invite')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      {attempt.isSuccess ? (
        <Stack gap={12}>
          <p>{t('invite.done', { email })}</p>
          <Identifier value={attempt.data.link} />
          <p style={{ color: 'var(--q-text-3)', fontSize: 13 }}>
            {t('invite.expires')} <RelativeTime at={attempt.data.expiresAt} />
          </p>
          <Button onClick={onClose}>{t('close', { ns: 'common' })}</Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            attempt.mutate();
          }}
        >
          <Stack gap={16}>
            {attempt.isError && (
              <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
                {words(attempt.error)}
              </Alert>
            )}
            <TextInput
              label={t('invite.email')}
              type="email"
              required
              withAsterisk={false}
              data-autofocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <RoleAndTeams role={role} onRole={setRole} teams={chosen} onTeams={setChosen} />
            <Button type="submit" loading={attempt.isPending}>
              {t('invite.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
