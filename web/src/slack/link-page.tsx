import { Alert, Button, Group } from '@mantine/core';
import { IconAlertCircle, IconBrandSlack, IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/session.ts';
import { SlackMark } from '../ui/icon.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { confirmLink, linkQuery, type OfferedLink } from './connection-api.ts';

/** Asks whether a Slack account is the reader's. Opening it decides nothing. */
export function LinkPage() {
  const { t } = useTranslation('slackapp');
  const { token } = useParams({ from: '/app/slack/link/$token' });
  const link = useQuery(linkQuery(token));
  return (
    <Page title={t('link.title')} icon={<SlackMark size={20} />} width="reading">
      {link.isPending && <RowSkeletons rows={3} height={40} />}
      {link.isError && <ErrorState error={link.error} />}
      {link.isSuccess && <Question token={token} link={link.data} />}
    </Page>
  );
}

function Question({ token, link }: { readonly token: string; readonly link: OfferedLink }) {
  const { t } = useTranslation('slackapp');
  const { data: session } = useQuery(sessionQuery);
  const words = useErrorWords();
  const attempt = useMutation({ mutationFn: () => confirmLink(token) });
  const me = session?.person.email ?? '';
  if (attempt.isSuccess) {
    return (
      <EmptyState icon={IconCircleCheck} title={t('link.done')}>
        {t('link.doneHelp')}
      </EmptyState>
    );
  }
  return (
    <Panel>
      <p style={{ marginBottom: 8, fontSize: 16, fontWeight: 600 }}>
        {link.workspace === null
          ? t('link.question', { slackName: link.slackName, me })
          : t('link.questionIn', { slackName: link.slackName, workspace: link.workspace, me })}
      </p>
      <p style={{ marginBottom: 16, color: 'var(--q-text-2)' }}>{t('link.meaning')}</p>
      <div style={{ marginBottom: 16 }}>
        <Facts>
          <Fact label={t('link.account')}>
            {link.slackName} <Identifier value={link.slackUserId} />
          </Fact>
          <Fact label={t('link.workspaceIs')}>
            {link.workspace} <Identifier value={link.teamId} />
          </Fact>
        </Facts>
      </div>
      {attempt.isError && (
        <Alert color="red" mb={16} icon={<IconAlertCircle size={18} />} role="alert">
          {words(attempt.error)}
        </Alert>
      )}
      <Group gap={12}>
        <Button leftSection={<IconBrandSlack size={16} />} loading={attempt.isPending} onClick={() => attempt.mutate()}>
          {t('link.confirm')}
        </Button>
        <Button component={Link} to="/" variant="default">
          {t('link.deny')}
        </Button>
      </Group>
      <p style={{ marginTop: 12, color: 'var(--q-text-3)', fontSize: 13 }}>
        {t('link.expires')} <RelativeTime at={link.expiresAt} />
      </p>
    </Panel>
  );
}
