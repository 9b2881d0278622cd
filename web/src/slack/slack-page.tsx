import { IconBrandSlack, IconHash, IconMessage } from '@tabler/icons-react';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { SlackMark } from '../ui/icon.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { channelsQuery, messagesQuery, pressButton, type Channel } from './api.ts';
import { SlackMessage } from './slack-message.tsx';
import classes from './slack-page.module.css';

export function SlackPage() {
  const { t } = useTranslation('slack');
  const channels = useQuery(channelsQuery);
  const { channel: wanted } = useSearch({ from: '/app/slack' });
  const channel = channels.data?.find((one) => one.id === wanted || one.name === wanted) ?? channels.data?.[0];
  return (
    <Page fill title={t('title')} icon={<SlackMark size={20} />} lead={t('lead')}>
      {channels.isPending && <RowSkeletons rows={6} height={48} />}
      {channels.isError && <ErrorState error={channels.error} retry={channels.refetch} />}
      {channels.isSuccess && channel === undefined && (
        <EmptyState icon={IconBrandSlack} title={t('noChannels')}>
          {t('noChannelsHelp')}
        </EmptyState>
      )}
      {channels.isSuccess && channel !== undefined && (
        <div className={classes['window']}>
          <nav className={classes['channels']} aria-label={t('channels')}>
            <h2>{t('channels')}</h2>
            <ul>
              {channels.data.map((one) => (
                <li key={one.id}>
                  <Link
                    to="/slack"
                    search={{ channel: one.name }}
                    data-active={one === channel || undefined}
                    aria-current={one === channel ? 'true' : undefined}
                  >
                    <IconHash size={15} aria-hidden />
                    {one.name}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <ChannelView key={channel.id} channel={channel} />
        </div>
      )}
    </Page>
  );
}

function ChannelView({ channel }: { readonly channel: Channel }) {
  const { t } = useTranslation('slack');
  const messages = useQuery(messagesQuery(channel.id));
  const end = useRef<HTMLDivElement>(null);
  const client = useQueryClient();
  const words = useErrorWords();
  const press = useMutation({
    mutationFn: pressButton,
    onSuccess: () => client.invalidateQueries({ queryKey: messagesQuery(channel.id).queryKey }),
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
  });
  const count = messages.data?.length ?? 0;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [count]);
  return (
    <section className={classes['channel']} aria-label={`#${channel.name}`}>
      <header>
        <IconHash size={17} aria-hidden />
        <h2>{channel.name}</h2>
      </header>
      <div className={classes['messages']} role="log" tabIndex={0} aria-label={t('messages')}>
        {messages.isPending && <RowSkeletons rows={3} height={64} />}
        {messages.isError && <ErrorState error={messages.error} retry={messages.refetch} />}
        {messages.isSuccess && messages.data.length === 0 && (
          <EmptyState icon={IconMessage} title={t('empty', { channel: channel.name })}>
            {t('emptyHelp')}
          </EmptyState>
        )}
        {messages.data
          ?.toSorted((left, right) => left.at.localeCompare(right.at))
          .map((message) => (
            <SlackMessage
              key={`${message.ts} ${message.onlyYou === true}`}
              {...message}
              busy={press.isPending}
              press={(actionId, choices) => press.mutate({ channel: channel.id, ts: message.ts, actionId, choices })}
            />
          ))}
        <div ref={end} />
      </div>
      <p className={classes['note']}>{t('note')}</p>
    </section>
  );
}
