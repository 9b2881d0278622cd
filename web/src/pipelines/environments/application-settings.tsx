import { Alert, Button, Group, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../../api/problem.ts';
import { Panel } from '../../ui/panel.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { NotificationList } from '../builder/notification-list.tsx';
import { ConfirmControl } from '../confirm-control.tsx';
import type { Fields } from '../wire.ts';
import { ApplicationRights } from './application-rights.tsx';
import { applicationQuery, deleteApplication, saveApplication, type StoredApplication } from './api.ts';
import classes from './environments.module.css';

const moments = ['pipeline.starting', 'pipeline.complete', 'pipeline.failed'] as const;

/** What an application is called and for, who is told of all its pipelines, and who may do what with them. */
export function ApplicationSettings({ application }: { readonly application: StoredApplication }) {
  const { t } = useTranslation('environments');
  const words = useErrorWords();
  const client = useQueryClient();
  const [description, setDescription] = useState(application.description ?? '');
  const [email, setEmail] = useState(application.email ?? '');
  const [told, setTold] = useState<readonly Fields[]>(application.notifications ?? []);
  const [permissions, setPermissions] = useState(application.permissions ?? {});
  const saving = useMutation({
    mutationFn: async () => saveApplication(application, { description, email, notifications: told, permissions }),
    onSuccess: async () => {
      notifications.show({ message: t('settings.saved', { name: application.name }) });
      await client.invalidateQueries({ queryKey: ['applications'] });
      await client.invalidateQueries({ queryKey: applicationQuery(application.name).queryKey });
    },
  });
  const stale = isProblem(saving.error) && saving.error.status === 412;
  return (
    <form
      className={classes['settings']}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Panel title={t('settings.general')}>
        <div className={classes['editor']}>
          <Textarea
            label={t('settings.description')}
            autosize
            minRows={2}
            maxLength={10_000}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <TextInput
            type="email"
            label={t('settings.email')}
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </div>
      </Panel>
      <Panel title={t('settings.told')} aside={t('settings.toldHelp')}>
        <NotificationList
          headed
          moments={moments}
          notifications={told}
          error={undefined}
          onChange={(next) => setTold(next.map((one) => ({ ...one, level: 'application' })))}
        />
      </Panel>
      <ApplicationRights value={permissions} onChange={setPermissions} />
      {saving.isError && (
        <Alert color={stale ? 'yellow' : 'red'} icon={<IconAlertCircle size={18} />} role="alert">
          {stale ? t('settings.stale') : words(saving.error)}
        </Alert>
      )}
      <Group justify="space-between">
        <Button type="submit" loading={saving.isPending}>
          {t('save')}
        </Button>
        <Deletion application={application} />
      </Group>
    </form>
  );
}

function Deletion({ application }: { readonly application: StoredApplication }) {
  const { t } = useTranslation('environments');
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const deletion = useMutation({
    mutationFn: async () => deleteApplication(application),
    onSuccess: async () => {
      await navigate({ to: '/pipelines' });
      await client.invalidateQueries({ queryKey: ['applications'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: () => setAsked(false),
  });
  return (
    <>
      <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsked(true)}>
        {t('settings.delete')}
      </Button>
      {asked && (
        <ConfirmControl
          verb="delete-application"
          name={application.name}
          pending={deletion.isPending}
          onConfirm={() => deletion.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
