import { Alert, Button, Modal } from '@mantine/core';
import { IconAlertCircle, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scorecard } from '../api/wire.ts';
import { followRun } from '../runs/run-toast.tsx';
import { ChannelField } from '../slack/channel-field.tsx';
import { channelsQuery } from '../slack/connection-api.ts';
import { SlackMessage } from '../slack/slack-message.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { reminderPreviewQuery, sendReminder } from './api.ts';
import classes from './reminder-dialog.module.css';

/** Shows the very message, then sends it. */
export function ReminderDialog({
  scorecard,
  onClose,
}: {
  readonly scorecard: Scorecard;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('scorecards');
  const words = useErrorWords();
  const preview = useQuery(reminderPreviewQuery(scorecard.blueprint, scorecard.identifier));
  // Another channel is another reminder: what was sent to one is no answer for the other.
  const [channel, setChannel] = useState<{ readonly name: string; readonly key: string }>();
  const [key] = useState(() => crypto.randomUUID());
  const usual = (preview.data?.channel ?? '').replace(/^#/, '');
  const own = useQuery(channelsQuery('')).data?.searchable === true;
  const name = channel?.name.trim().replace(/^#/, '') ?? usual;
  const send = useMutation({
    mutationFn: () =>
      sendReminder(
        {
          blueprint: scorecard.blueprint,
          scorecard: scorecard.identifier,
          channel: channel === undefined || name === usual ? undefined : name,
        },
        channel?.key ?? key,
      ),
    onSuccess: ({ run }) => {
      onClose();
      followRun(run);
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={t('remind.title')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
    >
      <div className={classes['dialog']}>
        {preview.isPending && <RowSkeletons rows={4} height={32} />}
        {preview.isError && <ErrorState error={preview.error} retry={preview.refetch} />}
        {preview.isSuccess && (
          <>
            <p className={classes['lead']}>
              {t('remind.lead', {
                count: preview.data.remindedEntities,
              })}
            </p>
            {own ? (
              <ChannelField
                label={t('remind.channel')}
                value={name}
                error={name === '' ? t('remind.noChannel') : undefined}
                onChange={(next) => setChannel({ name: next, key: crypto.randomUUID() })}
              />
            ) : (
              usual !== '' && <p className={classes['lead']}>{t('remind.goesTo', { channel: usual })}</p>
            )}
            <div className={classes['preview']} tabIndex={0} role="region" aria-label={t('remind.preview')}>
              {preview.data.messages.map((message, index) => (
                <SlackMessage key={index} userName="Quayside" blocks={message.blocks} text={scorecard.title} />
              ))}
            </div>
          </>
        )}
        {send.isError && (
          <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {words(send.error)}
          </Alert>
        )}
        <footer>
          <Button variant="default" onClick={onClose}>
            {t('cancel', { ns: 'common' })}
          </Button>
          <Button
            leftSection={<IconSend size={16} />}
            loading={send.isPending}
            disabled={!preview.isSuccess || (own && name === '')}
            onClick={() => send.mutate()}
            data-autofocus
          >
            {t('remind.send')}
          </Button>
        </footer>
      </div>
    </Modal>
  );
}
