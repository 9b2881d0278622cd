import { ActionIcon, Button, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';

interface NotificationListProps {
  /** When one can be sent, as the document names it. */
  readonly moments: readonly string[];
  readonly notifications: readonly Fields[];
  readonly error: string | undefined;
  readonly onChange: (notifications: readonly Fields[]) => void;
}

const ways = ['slack', 'email', 'webhook'] as const;

/** Whom to tell, when, and in which words. */
export function NotificationList({ moments, notifications, error, onChange }: NotificationListProps) {
  const { t } = useTranslation('pipelines');
  const change = (at: number, next: Fields): void =>
    onChange(notifications.map((one, index) => (index === at ? next : one)));
  return (
    <fieldset className={classes['group']}>
      <legend>{t('notify.title')}</legend>
      {notifications.map((notification, at) => (
        <NotificationFields
          key={at}
          moments={moments}
          notification={notification}
          onChange={(next) => change(at, next)}
          onRemove={() => onChange(notifications.filter((_one, index) => index !== at))}
        />
      ))}
      {error !== undefined && (
        <p className={classes['error']} role="alert">
          {error}
        </p>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...notifications, { type: 'slack', address: '', level: 'stage', when: [...moments] }])}
      >
        {t('notify.add')}
      </Button>
    </fieldset>
  );
}

interface NotificationFieldsProps {
  readonly moments: readonly string[];
  readonly notification: Fields;
  readonly onChange: (next: Fields) => void;
  readonly onRemove: () => void;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function NotificationFields({ moments, notification, onChange, onRemove }: NotificationFieldsProps) {
  const { t } = useTranslation('pipelines');
  const type = text(notification['type']) || 'slack';
  const when = Array.isArray(notification['when']) ? (notification['when'] as string[]) : [...moments];
  const messages = (notification['message'] ?? {}) as Readonly<Record<string, Fields>>;
  return (
    <div className={classes['card']}>
      <div className={classes['three']}>
        <Select
          label={t('notify.via')}
          data={ways.map((value) => ({ value, label: t(`notify.way.${value}`) }))}
          value={type}
          allowDeselect={false}
          onChange={(next) => onChange({ ...notification, type: next })}
        />
        <TextInput
          label={t(`notify.address.${type}`, { defaultValue: t('notify.address.slack') })}
          value={text(notification['address'])}
          onChange={(event) => onChange({ ...notification, address: event.currentTarget.value })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={t('builder.removeRow')} onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <MultiSelect
        label={t('notify.when')}
        data={moments.map((value) => ({ value, label: t(`notify.moment.${value}`) }))}
        value={when}
        onChange={(next) => onChange({ ...notification, when: next })}
      />
      {when.map((moment) => (
        <Textarea
          key={moment}
          label={t('notify.text', { moment: t(`notify.moment.${moment}`) })}
          placeholder={t('notify.usual')}
          autosize
          minRows={1}
          value={text(messages[moment]?.['text'])}
          onChange={(event) =>
            onChange({
              ...notification,
              message: { ...messages, [moment]: { ...messages[moment], text: event.currentTarget.value } },
            })
          }
        />
      ))}
    </div>
  );
}
