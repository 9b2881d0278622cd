import { Autocomplete, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { channelsQuery, type SlackChannel } from './connection-api.ts';
import classes from './slack-section.module.css';

export interface ChannelFieldProps {
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly value: string;
  readonly placeholder?: string;
  readonly onChange: (channel: string) => void;
}

const TYPING_MS = 250;

/** A Slack channel, searched for in the workspace. What Slack does not list can be typed: a name or an id. */
export function ChannelField({ value, onChange, description, ...field }: ChannelFieldProps) {
  const { t } = useTranslation('slackapp');
  const name = value.trim().replace(/^#/, '');
  const [asked] = useDebouncedValue(name, TYPING_MS);
  const found = useQuery(channelsQuery(asked));
  const channels = found.data?.channels ?? [];
  const chosen = channels.find((channel) => channel.name === name || channel.id === name);
  return (
    <div>
      <Autocomplete
        {...field}
        description={description}
        leftSection="#"
        maxLength={200}
        autoComplete="off"
        value={value.replace(/^#/, '')}
        data={channels.map((channel) => channel.name)}
        // The server has searched already, by id as well.
        filter={({ options }) => options}
        rightSection={found.data?.refreshing === true ? <Loader size={14} /> : undefined}
        renderOption={({ option }) => {
          const channel = channels.find((one) => one.name === option.value);
          return <ChannelOption name={option.value} channel={channel} />;
        }}
        onChange={onChange}
      />
      {chosen !== undefined && !chosen.canPost && (
        <p className={classes['warning']} role="status">
          {t('channels.notIn', { channel: chosen.name })}
        </p>
      )}
      {found.data?.error != null && (
        <p className={classes['warning']} role="status">
          {t('channels.cannotList', { reason: found.data.error })}
        </p>
      )}
    </div>
  );
}

function ChannelOption({ name, channel }: { readonly name: string; readonly channel: SlackChannel | undefined }) {
  const { t } = useTranslation('slackapp');
  return (
    <span className={classes['option']}>
      <span>#{name}</span>
      {channel !== undefined && (
        <small>
          {[channel.isPrivate ? t('channels.private') : '', channel.canPost ? '' : t('channels.appMissing')]
            .filter((word) => word !== '')
            .join(' · ')}
        </small>
      )}
    </span>
  );
}
