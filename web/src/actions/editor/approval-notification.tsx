import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TextField } from './fields.tsx';
import { errorAt } from './placed-errors.ts';
import { recordOf, textOf, useEditor, useField } from './use-action-editor.ts';

const path = ['approvalNotification'] as const;
const ways = ['email', 'slack', 'webhook-slack', 'webhook-json'] as const;
type Way = (typeof ways)[number];

function wayOf(notification: Readonly<Record<string, unknown>>): Way {
  if (notification['type'] === 'slack') return 'slack';
  if (notification['type'] !== 'webhook') return 'email';
  return notification['format'] === 'slack' ? 'webhook-slack' : 'webhook-json';
}

const starts: Readonly<Record<Way, (url: string) => object>> = {
  email: () => ({ type: 'email' }),
  slack: () => ({ type: 'slack', channel: '' }),
  'webhook-slack': (url) => ({ type: 'webhook', format: 'slack', url }),
  'webhook-json': (url) => ({ type: 'webhook', format: 'json', url }),
};

/** How approvers hear that a run waits for them. */
export function ApprovalNotification() {
  const { t } = useTranslation('action-editor');
  const { errors } = useEditor();
  const { value, set } = useField(path);
  const notification = recordOf(value);
  const way = wayOf(notification);
  return (
    <>
      <Select
        label={t('approval.notify')}
        error={errorAt(errors, path)}
        allowDeselect={false}
        data={ways.map((one) => ({ value: one, label: t(`approval.${one}`) }))}
        value={way}
        onChange={(next) => {
          const chosen = ways.find((one) => one === next);
          if (chosen !== undefined) set(starts[chosen](textOf(notification['url'])));
        }}
      />
      {way === 'slack' && (
        <TextField path={[...path, 'channel']} label={t('approval.channel')} mono required keepsBlank />
      )}
      {(way === 'webhook-slack' || way === 'webhook-json') && (
        <TextField
          path={[...path, 'url']}
          label={t('approval.url')}
          placeholder={way === 'webhook-slack' ? 'https://hooks.slack.com/services/…' : 'https://'}
          mono
          required
          keepsBlank
        />
      )}
    </>
  );
}
