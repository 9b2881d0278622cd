import { ActionIcon, Button, MultiSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ChannelField } from '../../slack/channel-field.tsx';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';
import { withField } from './stage-form.ts';

interface NotificationListProps {
  /** When one can be sent, as the document names it. */
  readonly moments: readonly string[];
  readonly notifications: readonly Fields[];
  readonly error: string | undefined;
  /** People can be asked again until they have decided. */
  readonly repeats?: boolean;
  /** Under a heading of its own that says what they are. */
  readonly headed?: boolean;
  readonly onChange: (notifications: readonly Fields[]) => void;
}

const ways = ['slack', 'email', 'microsoftteams', 'webhook'] as const;

/** Whom to tell, when, and in which words. */
export function NotificationList({
  moments,
  notifications,
  error,
  repeats = false,
  headed = false,
  onChange,
}: NotificationListProps) {
  const { t } = useTranslation('pipelines');
  const change = (at: number, next: Fields): void =>
    onChange(notifications.map((one, index) => (index === at ? next : one)));
  return (
    <fieldset className={classes['group']}>
      <legend className={headed ? 'visually-hidden' : undefined}>{t('notify.title')}</legend>
      {notifications.map((notification, at) => (
        <NotificationFields
          key={at}
          moments={moments}
          notification={notification}
          repeats={repeats}
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
  readonly repeats: boolean;
  readonly onChange: (next: Fields) => void;
  readonly onRemove: () => void;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function NotificationFields({ moments, notification, repeats, onChange, onRemove }: NotificationFieldsProps) {
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
          onChange={(next) => onChange({ ...notification, type: next, address: '' })}
        />
        <Address
          type={type}
          value={text(notification['address'])}
          onChange={(address) => onChange({ ...notification, address })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={t('builder.removeRow')} onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <MultiSelect
        label={t('notify.when')}
        data={moments.map((value) => ({ value, label: t(`notify.moment.${value}`) }))}
        value={when}
        error={when.length === 0 ? t('notify.never') : undefined}
        onChange={(next) => onChange({ ...notification, when: next })}
      />
      {repeats && <Reminder notification={notification} onChange={onChange} />}
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

interface AddressProps {
  readonly type: string;
  readonly value: string;
  readonly onChange: (address: string) => void;
}

function Address({ type, value, onChange }: AddressProps) {
  const { t } = useTranslation('pipelines');
  const label = t(`notify.address.${type}`, { defaultValue: t('notify.address.slack') });
  if (type === 'slack') return <ChannelField label={label} value={value} onChange={onChange} />;
  return <TextInput label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

const MINUTE_MS = 60_000;

function Reminder({ notification, onChange }: Pick<NotificationFieldsProps, 'notification' | 'onChange'>) {
  const { t } = useTranslation('pipelines');
  const every = notification['notifyEveryMs'];
  return (
    <NumberInput
      label={t('notify.every')}
      placeholder={t('notify.once')}
      min={1}
      value={typeof every === 'number' && every > 0 ? every / MINUTE_MS : ''}
      onChange={(minutes) =>
        onChange(
          withField(
            notification,
            'notifyEveryMs',
            typeof minutes === 'number' && minutes > 0 ? Math.round(minutes * MINUTE_MS) : undefined,
          ),
        )
      }
    />
  );
}
