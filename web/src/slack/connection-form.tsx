import {
  Alert,
  Button,
  Checkbox,
  Group,
  Input,
  PasswordInput,
  SegmentedControl,
  Select,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldErrors, isProblem } from '../api/problem.ts';
import { Panel } from '../ui/panel.tsx';

import {
  type ConnectionChange,
  forgetConnection,
  saveConnection,
  type SlackConnection,
  slackSetupQuery,
} from './connection-api.ts';
import { ChannelField } from './channel-field.tsx';
import classes from './slack-section.module.css';
import { useSlackErrorWords } from './slack-words.ts';

interface Draft {
  readonly mode: 'bot' | 'webhook';
  readonly botToken: string;
  readonly signingSecret: string;
  readonly appToken: string;
  readonly approveLabel: string;
  readonly rejectLabel: string;
  readonly keepFormerSecret: boolean;
  readonly webhookUrl: string;
  readonly botName: string;
  readonly channel: string;
  readonly language: 'en' | 'zh-CN';
}

function draftOf(connection: SlackConnection | null): Draft {
  return {
    mode: connection?.mode ?? 'bot',
    botToken: '',
    signingSecret: '',
    appToken: '',
    approveLabel: connection?.approveLabel ?? '',
    rejectLabel: connection?.rejectLabel ?? '',
    keepFormerSecret: true,
    webhookUrl: '',
    botName: connection?.botName ?? 'Quayside',
    // The sample's own channels are not those of a real workspace.
    channel: connection?.emulated === true ? '' : (connection?.channel ?? ''),
    language: connection?.language ?? 'en',
  };
}

/** A secret that was not typed stays as it is. */
function changeOf(draft: Draft): ConnectionChange {
  const { mode, botName, channel, language, keepFormerSecret } = draft;
  return {
    mode,
    botName,
    channel: channel.trim() === '' ? null : channel,
    language,
    approveLabel: draft.approveLabel.trim() || null,
    rejectLabel: draft.rejectLabel.trim() || null,
    ...(draft.appToken === '' ? {} : { appToken: draft.appToken }),
    ...(draft.botToken === '' ? {} : { botToken: draft.botToken }),
    ...(draft.signingSecret === '' ? {} : { signingSecret: draft.signingSecret, keepFormerSecret }),
    ...(draft.webhookUrl === '' ? {} : { webhookUrl: draft.webhookUrl }),
  };
}

type TextName = 'botToken' | 'signingSecret' | 'appToken' | 'webhookUrl' | 'botName' | 'approveLabel' | 'rejectLabel';

interface ConnectionFormProps {
  readonly connection: SlackConnection | null;
  readonly version: string;
}

/** Token, secret and what goes with them; they are tested before they are kept. */
export function ConnectionForm({ connection, version }: ConnectionFormProps) {
  const { t } = useTranslation('slackapp');
  const client = useQueryClient();
  const words = useSlackErrorWords();
  const stored = connection?.source === 'settings' ? connection : null;
  const [draft, setDraft] = useState(() => draftOf(connection));
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['integrations'] });
  const save = useMutation({
    mutationFn: () => saveConnection(changeOf(draft), version),
    onSuccess: async (answer) => {
      client.setQueryData(slackSetupQuery.queryKey, answer);
      notifications.show({ message: t('form.saved') });
      await refresh();
    },
  });
  const forget = useMutation({
    mutationFn: () => forgetConnection(version),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: slackSetupQuery.queryKey });
      await refresh();
    },
  });
  const error = save.error ?? forget.error;
  const errors = errorsByField(save.error);
  const field = (name: TextName) => ({
    label: t(`form.${name}`),
    description: t(`form.${name}Help`),
    value: draft[name],
    error: errors[name],
    onChange: (event: ChangeEvent<HTMLInputElement>) => setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  const kept = (isThere: boolean | undefined): string => (isThere === true ? t('form.kept') : '');
  return (
    <Panel title={t('form.title')}>
      <form
        className={classes['fields']}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {connection?.source === 'environment' && (
          <Alert color="blue" icon={<IconAlertCircle size={18} />}>
            {connection.emulated ? t('form.overLocal') : t('form.overEnvironment')}
          </Alert>
        )}
        {error !== null && Object.keys(errors).length === 0 && (
          <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
            {words(error)}
          </Alert>
        )}
        <Input.Wrapper label={t('form.mode')} description={t(`form.${draft.mode}Mode`)}>
          <SegmentedControl
            mt={6}
            display="flex"
            data={(['bot', 'webhook'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
            value={draft.mode}
            onChange={(mode) => setDraft({ ...draft, mode: mode === 'webhook' ? 'webhook' : 'bot' })}
          />
        </Input.Wrapper>
        {draft.mode === 'webhook' ? (
          <PasswordInput autoComplete="off" placeholder={kept(stored?.hasWebhookUrl)} {...field('webhookUrl')} />
        ) : (
          <>
            <PasswordInput autoComplete="off" placeholder={kept(stored?.hasBotToken)} {...field('botToken')} />
            <PasswordInput
              autoComplete="off"
              placeholder={kept(stored !== null && stored.signingSecrets > 0)}
              {...field('signingSecret')}
            />
            {stored !== null && stored.signingSecrets > 0 && draft.signingSecret !== '' && (
              <Checkbox
                label={t('form.keepFormerSecret')}
                checked={draft.keepFormerSecret}
                onChange={(event) => setDraft({ ...draft, keepFormerSecret: event.currentTarget.checked })}
              />
            )}
            <PasswordInput autoComplete="off" placeholder={kept(stored?.hasAppToken)} {...field('appToken')} />
            <div className={classes['pair']}>
              <ChannelField
                label={t('form.channel')}
                description={t('form.channelHelp')}
                error={errors['channel']}
                value={draft.channel}
                onChange={(channel) => setDraft({ ...draft, channel })}
              />
              <TextInput maxLength={35} required withAsterisk={false} {...field('botName')} />
            </div>
            <div className={classes['pair']}>
              <TextInput maxLength={30} placeholder={t('form.approve')} {...field('approveLabel')} />
              <TextInput maxLength={30} placeholder={t('form.reject')} {...field('rejectLabel')} />
            </div>
          </>
        )}
        <Select
          label={t('form.language')}
          description={t('form.languageHelp')}
          data={[
            { value: 'en', label: 'English' },
            { value: 'zh-CN', label: '简体中文' },
          ]}
          value={draft.language}
          allowDeselect={false}
          onChange={(next) => setDraft({ ...draft, language: next === 'zh-CN' ? 'zh-CN' : 'en' })}
        />
        <Group gap={8}>
          <Button type="submit" loading={save.isPending}>
            {t('form.save')}
          </Button>
          {stored !== null && (
            <Button variant="subtle" color="red" loading={forget.isPending} onClick={() => forget.mutate()}>
              {t('form.forget')}
            </Button>
          )}
        </Group>
      </form>
    </Panel>
  );
}

/** The server names the one field that it refuses. */
function errorsByField(error: unknown): Record<string, string> {
  if (!isProblem(error)) return {};
  const { field } = error.details;
  return typeof field === 'string' ? { [field]: error.message } : fieldErrors(error);
}
