import { Button, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/panel.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { deletePipeline, type StoredPipeline } from '../api.ts';
import { ConfirmControl } from '../confirm-control.tsx';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';
import { helpBelow } from '../../ui/field-layout.ts';
import { NotificationList } from './notification-list.tsx';
import { ParameterList } from './parameter-list.tsx';
import { problemIn } from './placed-problems.ts';
import { withField } from './stage-form.ts';
import { TriggerList } from './trigger-list.tsx';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

/** Everything of a pipeline beside its stages. */
export function PipelineSettings({ builder }: { readonly builder: PipelineBuilder }) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const set = (key: string, value: unknown): void => setDocument(withField(document, key, value));
  const roles = Array.isArray(document['roles']) ? (document['roles'] as string[]) : [];
  return (
    <div className={classes['settings']}>
      <Panel title={t('settings.general')}>
        <div className={classes['form']}>
          <TextInput
            label={t('builder.name')}
            value={document.name}
            error={problemIn(problems, 'name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <Textarea
            label={t('settings.description')}
            autosize
            minRows={2}
            value={document.description ?? ''}
            onChange={(event) => set('description', event.currentTarget.value || undefined)}
          />
          <TagsInput
            label={t('settings.roles')}
            description={t('settings.rolesHelp')}
            inputWrapperOrder={helpBelow}
            value={roles}
            onChange={(next) => set('roles', next.length === 0 ? undefined : next)}
          />
          {(['limitConcurrent', 'keepWaitingPipelines', 'disabled'] as const).map((key) => (
            <Switch
              key={key}
              label={t(`settings.${key}`)}
              description={t(`settings.${key}Help`)}
              checked={document[key] === true}
              onChange={(event) => set(key, event.currentTarget.checked)}
            />
          ))}
        </div>
      </Panel>
      <Panel title={t('settings.parameters')}>
        <ParameterList
          parameters={document.parameterConfig ?? []}
          problems={problems}
          onChange={(next) => set('parameterConfig', next)}
        />
      </Panel>
      <Panel title={t('settings.triggers')}>
        <TriggerList
          triggers={document.triggers ?? []}
          problems={problems}
          onChange={(next) => set('triggers', next)}
        />
      </Panel>
      <Panel title={t('notify.title')}>
        <NotificationList
          moments={['pipeline.starting', 'pipeline.complete', 'pipeline.failed']}
          notifications={(document.notifications ?? []) as readonly Fields[]}
          error={problemIn(problems, 'notifications')}
          onChange={(next) =>
            set(
              'notifications',
              next.map((one) => ({ ...one, level: 'pipeline' })),
            )
          }
        />
      </Panel>
      {builder.stored !== null && <Deletion pipeline={builder.stored} />}
    </div>
  );
}

function Deletion({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const deletion = useMutation({
    mutationFn: async () => deletePipeline(pipeline.id),
    onSuccess: async () => {
      await navigate({ to: '/pipelines', ignoreBlocker: true });
      await client.invalidateQueries({ queryKey: ['pipelines'] });
      await client.invalidateQueries({ queryKey: ['applications'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: () => setAsked(false),
  });
  return (
    <div>
      <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsked(true)}>
        {t('confirm.delete.do')}
      </Button>
      {asked && (
        <ConfirmControl
          verb="delete"
          name={pipeline.name}
          pending={deletion.isPending}
          onConfirm={() => deletion.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}
