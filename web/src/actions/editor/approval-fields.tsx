import { SegmentedControl, Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import { TextField } from './fields.tsx';
import { recordOf, useField } from './use-action-editor.ts';

const channelOf = (notification: Readonly<Record<string, unknown>>): string =>
  notification['type'] === 'webhook' ? `webhook-${notification['format'] === 'slack' ? 'slack' : 'json'}` : 'email';

/** Whether somebody has to agree before a run begins, how many, and how they hear of it. */
export function ApprovalFields() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['requiredApproval']);
  const approval = recordOf(value);
  const needed = value === true || Object.keys(approval).length > 0;
  return (
    <>
      <Switch
        label={t('approval.needed')}
        description={t('approval.neededHelp')}
        error={error}
        checked={needed}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {needed && (
        <div className={classes['nested']}>
          <div>
            <span className={classes['label']} id="approval-count">
              {t('approval.howMany')}
            </span>
            <SegmentedControl
              aria-labelledby="approval-count"
              value={approval['type'] === 'ALL' ? 'ALL' : 'ANY'}
              data={[
                { value: 'ANY', label: t('approval.any') },
                { value: 'ALL', label: t('approval.all') },
              ]}
              // `true` means one of them; the object says it in words.
              onChange={(type) => set({ ...approval, type })}
            />
          </div>
          <NotificationFields />
          <p className={classes['help']}>{t('approval.who')}</p>
        </div>
      )}
    </>
  );
}

function NotificationFields() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(['approvalNotification']);
  const notification = recordOf(value);
  const channel = channelOf(notification);
  return (
    <>
      <Select
        label={t('approval.notify')}
        error={error}
        allowDeselect={false}
        data={['email', 'webhook-slack', 'webhook-json'].map((one) => ({ value: one, label: t(`approval.${one}`) }))}
        value={channel}
        onChange={(next) => {
          const { url = '' } = notification;
          set(next === 'email' ? { type: 'email' } : { type: 'webhook', format: next?.replace('webhook-', ''), url });
        }}
      />
      {channel !== 'email' && (
        <TextField
          path={['approvalNotification', 'url']}
          label={t('approval.url')}
          placeholder={channel === 'webhook-slack' ? 'https://hooks.slack.com/services/…' : 'https://'}
          mono
          required
          keepsBlank
        />
      )}
    </>
  );
}
