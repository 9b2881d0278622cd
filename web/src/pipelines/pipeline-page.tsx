import { Alert, Button, Tabs } from '@mantine/core';
import { IconLock, IconPencil, IconPlayerPlay, IconPower, IconRoute } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import type { StoredPipeline } from './api.ts';
import { placesOf } from './builder/document-edits.ts';
import { Executions } from './executions.tsx';
import { LoadedPipeline } from './loaded-pipeline.tsx';
import { lockOf } from './pipeline-lock.ts';
import { PipelineMenu } from './pipeline-menu.tsx';
import classes from './pipeline-page.module.css';
import { RevisionList } from './revision-list.tsx';
import { StageCanvas } from './stage-canvas.tsx';
import { StartDialog } from './start-dialog.tsx';

export function PipelinePage() {
  const { pipeline: id } = useParams({ from: '/app/pipelines/$pipeline' });
  return <LoadedPipeline id={id}>{(pipeline) => <PipelineView key={id} pipeline={pipeline} />}</LoadedPipeline>;
}

function PipelineView({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  const { tab, start, parameters, ...shown } = useSearch({ from: '/app/pipelines/$pipeline' });
  const navigate = useNavigate({ from: '/pipelines/$pipeline' });
  const mayEdit = pipeline.writable === true && lockOf(pipeline.document) === null;
  const starting = start !== undefined && !pipeline.disabled;
  const go = (change: Record<string, string | undefined>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const ask = (open: boolean): void => go({ start: open ? '1' : undefined, parameters: undefined });
  const edit = (stage: string | undefined): void =>
    void navigate({
      to: '/pipelines/$pipeline/edit',
      params: { pipeline: pipeline.id },
      search: stage === undefined ? {} : { stage },
    });
  return (
    <Page
      title={pipeline.name}
      icon={<IconRoute size={20} stroke={1.6} />}
      lead={pipeline.document.description || t('inApplication', { application: pipeline.application })}
      crumbs={[
        { label: t('title'), to: '/pipelines' },
        { label: pipeline.application, to: `/applications/${encodeURIComponent(pipeline.application)}` },
      ]}
      actions={<Actions pipeline={pipeline} onStart={() => ask(true)} onEdit={() => edit(undefined)} />}
    >
      <Notices pipeline={pipeline} />
      <StageCanvas
        stages={pipeline.document.stages}
        places={placesOf(pipeline.document)}
        selected={undefined}
        onSelect={(stage) => stage !== undefined && mayEdit && edit(stage)}
      />
      <Panel flush>
        <Tabs
          value={tab ?? 'executions'}
          keepMounted={false}
          onChange={(next) => go({ tab: next === null || next === 'executions' ? undefined : next })}
        >
          <Tabs.List className={classes['tabs'] ?? ''}>
            <Tabs.Tab value="executions">{t('tabs.executions')}</Tabs.Tab>
            <Tabs.Tab value="revisions">{t('tabs.revisions')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="executions">
            <Executions
              of={{ pipeline: pipeline.id }}
              shown={shown}
              onShow={(change) => go({ ...change })}
              start={
                !pipeline.disabled && (
                  <Button variant="default" onClick={() => ask(true)}>
                    {t('start.start')}
                  </Button>
                )
              }
            />
          </Tabs.Panel>
          <Tabs.Panel value="revisions">
            <RevisionList pipeline={pipeline} />
          </Tabs.Panel>
        </Tabs>
      </Panel>
      {starting && <StartDialog pipeline={pipeline} given={parameters} onClose={() => ask(false)} />}
    </Page>
  );
}

interface ActionsProps {
  readonly pipeline: StoredPipeline;
  readonly onStart: () => void;
  readonly onEdit: () => void;
}

function Actions({ pipeline, onStart, onEdit }: ActionsProps) {
  const { t } = useTranslation('pipelines');
  const writable = pipeline.writable === true;
  return (
    <>
      {writable && <PipelineMenu pipeline={pipeline} />}
      {writable && (
        <Button
          variant="default"
          disabled={lockOf(pipeline.document) !== null}
          leftSection={<IconPencil size={16} />}
          onClick={onEdit}
        >
          {t('edit')}
        </Button>
      )}
      <Button disabled={pipeline.disabled} leftSection={<IconPlayerPlay size={16} />} onClick={onStart}>
        {t('start.start')}
      </Button>
    </>
  );
}

function Notices({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  const lock = lockOf(pipeline.document);
  return (
    <>
      {pipeline.disabled && (
        <Alert color="gray" icon={<IconPower size={18} />}>
          {t('disabledHelp')}
        </Alert>
      )}
      {lock !== null && (
        <Alert color="gray" icon={<IconLock size={18} />}>
          {lock.why === undefined ? t('builder.lockedHelp') : `${t('builder.locked')}: ${lock.why}`}
        </Alert>
      )}
    </>
  );
}
