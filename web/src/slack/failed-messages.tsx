import { Alert, Button } from '@mantine/core';
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { type FailedMessage, failedMessagesQuery, resendMessage } from './connection-api.ts';
import classes from './slack-section.module.css';
import { useSlackProblem } from './slack-words.ts';

/** Cards that did not arrive, why, and a way to send them again; nothing at all while all have arrived. */
export function FailedMessages() {
  const { t } = useTranslation('slackapp');
  const failed = useQuery({ ...failedMessagesQuery, refetchInterval: 30_000 });
  if (failed.data === undefined || failed.data.length === 0) return null;
  return (
    <Panel title={t('failed.title')}>
      <p className={classes['note']}>{t('failed.help')}</p>
      <ul className={classes['failed']}>
        {failed.data.map((message) => (
          <FailedRow key={[message.approvalId, message.place, message.kind].join('/')} message={message} />
        ))}
      </ul>
    </Panel>
  );
}

function FailedRow({ message }: { readonly message: FailedMessage }) {
  const { t } = useTranslation('slackapp');
  const client = useQueryClient();
  const words = useErrorWords();
  const told = useSlackProblem();
  const resend = useMutation({
    mutationFn: () => resendMessage(message),
    onSuccess: async () => client.invalidateQueries({ queryKey: failedMessagesQuery.queryKey }),
  });
  const { approvalId, title, place, kind, state, requestedAt } = message;
  const what = kind === 'card' ? 'card' : kind.startsWith('reminder') ? 'reminder' : 'note';
  return (
    <li>
      <div>
        <Link to="/approvals/$id" params={{ id: approvalId }}>
          {title}
        </Link>
        <p>
          {[t(`failed.what.${what}`), placeWords(t, place), t(`failed.state.${state}`)].join(' · ')} ·{' '}
          <RelativeTime at={requestedAt} />
        </p>
        <p>{told(message)}</p>
        {resend.error !== null && (
          <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
            {words(resend.error)}
          </Alert>
        )}
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={15} />}
        loading={resend.isPending}
        onClick={() => resend.mutate()}
      >
        {t('failed.resend')}
      </Button>
    </li>
  );
}

function placeWords(t: (key: string) => string, place: string): string {
  if (place === '') return t('failed.webhook');
  return place.startsWith('@') ? t('failed.direct') : `#${place}`;
}
