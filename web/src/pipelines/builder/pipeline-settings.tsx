import { Button, NumberInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/panel.tsx';
import type { StoredPipeline } from '../api.ts';
import { DeleteDialog } from '../pipeline-menu.tsx';
import type { Fields, PipelineDocument } from '../wire.ts';
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
  const most = document['maxConcurrentExecutions'];
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
          <StartAlert document={document} onChange={(next) => set('manualStartAlert', next)} />
          {(['limitConcurrent', 'keepWaitingPipelines', 'disabled'] as const).map((key) => (
            <Switch
              key={key}
              label={t(`settings.${key}`)}
              description={t(`settings.${key}Help`)}
              checked={document[key] === true}
              onChange={(event) => set(key, event.currentTarget.checked)}
            />
          ))}
          {document['limitConcurrent'] !== true && (
            <NumberInput
              label={t('settings.maxConcurrent')}
              description={t('settings.maxConcurrentHelp')}
              inputWrapperOrder={helpBelow}
              min={0}
              max={1000}
              allowDecimal={false}
              error={problemIn(problems, 'maxConcurrentExecutions')}
              value={typeof most === 'number' && most > 0 ? most : ''}
              onChange={(next) =>
                set('maxConcurrentExecutions', typeof next === 'number' && next > 0 ? next : undefined)
              }
            />
          )}
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
          headed
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

interface StartAlertProps {
  readonly document: PipelineDocument;
  readonly onChange: (alert: Fields | undefined) => void;
}

/** What whoever starts it by hand reads first. */
function StartAlert({ document, onChange }: StartAlertProps) {
  const { t } = useTranslation('pipelines');
  const alert = (document['manualStartAlert'] ?? {}) as Fields;
  return (
    <Textarea
      label={t('settings.startAlert')}
      description={t('settings.startAlertHelp')}
      inputWrapperOrder={helpBelow}
      autosize
      minRows={1}
      value={typeof alert['message'] === 'string' ? alert['message'] : ''}
      onChange={(event) => {
        const message = event.currentTarget.value;
        onChange(message === '' ? undefined : { type: 'warning', ...alert, message });
      }}
    />
  );
}

function Deletion({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  const [asked, setAsked] = useState(false);
  return (
    <div>
      <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsked(true)}>
        {t('confirm.delete.do')}
      </Button>
      {asked && <DeleteDialog pipeline={pipeline} onClose={() => setAsked(false)} />}
    </div>
  );
}
