import { Alert, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrors } from '../api/problem.ts';
import { acceptInvitation } from '../api/session.ts';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { invitationQuery } from './api.ts';
import { Door } from './door.tsx';

const SHORTEST_PASSWORD = 12;

export function InvitationPage() {
  const { t } = useTranslation('access');
  const { token } = useParams({ from: '/invitations/$token' });
  const invitation = useQuery(invitationQuery(token));
  if (invitation.isPending) {
    return (
      <Door title={t('invitation.title')} lead={t('invitation.checking')}>
        <RowSkeletons rows={3} height={48} />
      </Door>
    );
  }
  if (invitation.isError) {
    return (
      <Door title={t('invitation.invalid')} lead={t('invitation.invalidHelp')}>
        <ErrorState error={invitation.error} retry={invitation.refetch} />
      </Door>
    );
  }
  const { email, organisation } = invitation.data;
  return (
    <Door title={t('invitation.join', { organisation })} lead={t('invitation.lead', { email })}>
      <AcceptForm token={token} email={email} />
    </Door>
  );
}

function AcceptForm({ token, email }: { readonly token: string; readonly email: string }) {
  const { t } = useTranslation('access');
  const client = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  const words = useErrorWords();
  const [answer, setAnswer] = useState({ firstName: '', lastName: '', password: '' });
  const attempt = useMutation({
    mutationFn: () => acceptInvitation(client, token, answer),
    onSuccess: async () => {
      await router.invalidate();
      await navigate({ to: '/', replace: true });
    },
  });
  const errors = fieldErrors(attempt.error);
  const field = (name: keyof typeof answer) => ({
    value: answer[name],
    required: true,
    withAsterisk: false,
    size: 'md' as const,
    error: errors[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setAnswer({ ...answer, [name]: event.currentTarget.value }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        attempt.mutate();
      }}
    >
      <Stack gap={16}>
        {attempt.error !== null && Object.keys(errors).length === 0 && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {words(attempt.error)}
          </Alert>
        )}
        <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <Group grow gap={12} align="flex-start">
          <TextInput label={t('invitation.firstName')} autoComplete="given-name" autoFocus {...field('firstName')} />
          <TextInput label={t('invitation.lastName')} autoComplete="family-name" {...field('lastName')} />
        </Group>
        <PasswordInput
          label={t('invitation.password')}
          description={t('invitation.passwordHelp', { count: SHORTEST_PASSWORD })}
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          {...field('password')}
        />
        <Button type="submit" size="md" loading={attempt.isPending} mt={4}>
          {t('invitation.submit')}
        </Button>
      </Stack>
    </form>
  );
}
