import { Button } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Fact, Facts } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { credentialsQuery, reveal, type Credential } from './api.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import classes from './settings-page.module.css';

/** Client ids for everybody; the secret only for administrators and only when asked for. */
export function CredentialList() {
  const credentials = useQuery(credentialsQuery);
  if (credentials.isPending) return <RowSkeletons rows={2} height={40} />;
  if (credentials.isError) return <ErrorState error={credentials.error} retry={credentials.refetch} />;
  return (
    <div className={classes['secret']}>
      {credentials.data.map((credential) => (
        <CredentialView key={credential.id} credential={credential} />
      ))}
    </div>
  );
}

const HIDDEN = '••••••••••••••••••••••••';

function CredentialView({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation('settings');
  const admin = useIsAdmin();
  const words = useErrorWords();
  const shown = useMutation({ mutationFn: () => reveal(credential.id), gcTime: 0 });
  return (
    <Facts>
      <Fact label={t('credentials.name')}>{credential.name}</Fact>
      <Fact label={t('credentials.clientId')}>
        <Identifier value={credential.clientId} />
      </Fact>
      <Fact label={t('credentials.clientSecret')}>
        {shown.data === undefined ? (
          <code style={{ color: 'var(--q-text-3)' }}>{HIDDEN}</code>
        ) : (
          <Identifier value={shown.data.clientSecret} />
        )}
        {admin ? (
          <div style={{ marginTop: 8 }}>
            {shown.data === undefined ? (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconEye size={14} />}
                loading={shown.isPending}
                onClick={() => shown.mutate()}
              >
                {t('credentials.reveal')}
              </Button>
            ) : (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconEyeOff size={14} />}
                onClick={() => shown.reset()}
              >
                {t('credentials.hide')}
              </Button>
            )}
          </div>
        ) : (
          <p style={{ color: 'var(--q-text-3)', fontSize: 13 }}>{t('credentials.adminOnly')}</p>
        )}
        {shown.isError && (
          <p role="alert" style={{ color: 'var(--q-bad)', fontSize: 13 }}>
            {words(shown.error)}
          </p>
        )}
      </Fact>
      <Fact label={t('credentials.created')}>
        <RelativeTime at={credential.createdAt} />
      </Fact>
    </Facts>
  );
}
