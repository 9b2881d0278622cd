import { Alert, Button } from '@mantine/core';
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApprovalSection } from '../approvals/approval-section.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { resendFromApproval, type Undelivered, undeliveredQuery } from './connection-api.ts';
import classes from './slack-section.module.css';
import { useSlackProblem } from './slack-words.ts';

/** Messages in Slack about one approval that did not arrive; nothing at all while all have arrived. */
export function UndeliveredMessages({ approval }: { readonly approval: string }) {
  const { t } = useTranslation('slackapp');
  const { data } = useQuery({
    ...undeliveredQuery(approval),
    refetchInterval: ({ state }) => ((state.data?.messages.length ?? 0) > 0 ? 5_000 : 30_000),
  });
  if (data === undefined || data.messages.length === 0) return null;
  return (
    <ApprovalSection title={t('undelivered.title')}>
      <ul className={classes['failed']}>
        {data.messages.map((message) => (
          <UndeliveredRow key={message.id} approval={approval} message={message} mayResend={data.mayResend} />
        ))}
      </ul>
    </ApprovalSection>
  );
}

interface UndeliveredRowProps {
  readonly approval: string;
  readonly message: Undelivered;
  readonly mayResend: boolean;
}

function UndeliveredRow({ approval, message, mayResend }: UndeliveredRowProps) {
  const { t } = useTranslation('slackapp');
  const client = useQueryClient();
  const words = useErrorWords();
  const told = useSlackProblem();
  const resend = useMutation({
    mutationFn: async () => resendFromApproval(approval, message.id),
    onSettled: async () => client.invalidateQueries({ queryKey: undeliveredQuery(approval).queryKey }),
  });
  const { kind, to, state, since } = message;
  const what = kind === 'card' ? 'card' : kind.startsWith('reminder') ? 'reminder' : 'note';
  const place = t(`undelivered.to.${to.as}`, { name: to.name ?? '' });
  return (
    <li>
      <div>
        <p>
          <b>{place}</b>
        </p>
        <p>
          {t(`failed.what.${what}`)} · {t(`failed.state.${state}`)} · {t('undelivered.since')}{' '}
          <RelativeTime at={since} />
        </p>
        <p>{told(message)}</p>
        {state === 'unknown' && <p>{t('undelivered.unknown')}</p>}
        {resend.error !== null && (
          <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
            {words(resend.error)}
          </Alert>
        )}
      </div>
      {mayResend && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={15} />}
          loading={resend.isPending}
          aria-label={t('undelivered.resend', { place })}
          onClick={() => resend.mutate()}
        >
          {t('failed.resend')}
        </Button>
      )}
    </li>
  );
}
