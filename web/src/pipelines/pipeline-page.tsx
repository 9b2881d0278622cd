import { Alert, Button, SegmentedControl, Tabs } from '@mantine/core';
import { IconPencil, IconPlayerPlay, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../settings/people-section.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { type ExecutionFilter, executionsQuery, type StoredPipeline } from './api.ts';
import { ExecutionList } from './execution-list.tsx';
import { LoadedPipeline } from './loaded-pipeline.tsx';
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
  const { tab } = useSearch({ from: '/app/pipelines/$pipeline' });
  const navigate = useNavigate({ from: '/pipelines/$pipeline' });
  const admin = useIsAdmin();
  const [starting, setStarting] = useState(false);
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
      crumbs={[{ label: t('title'), to: '/pipelines' }]}
      actions={
        <>
          {admin && (
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => edit(undefined)}>
              {t('edit')}
            </Button>
          )}
          <Button
            disabled={pipeline.disabled}
            leftSection={<IconPlayerPlay size={16} />}
            onClick={() => setStarting(true)}
          >
            {t('start.start')}
          </Button>
        </>
      }
    >
      {pipeline.disabled && <Alert color="gray">{t('disabledHelp')}</Alert>}
      <StageCanvas
        stages={pipeline.document.stages}
        selected={undefined}
        onSelect={(stage) => stage !== undefined && admin && edit(stage)}
      />
      <Panel flush>
        <Tabs
          value={tab ?? 'executions'}
          keepMounted={false}
          onChange={(next) =>
            void navigate({ search: next === null || next === 'executions' ? {} : { tab: next }, replace: true })
          }
        >
          <Tabs.List className={classes['tabs'] ?? ''}>
            <Tabs.Tab value="executions">{t('tabs.executions')}</Tabs.Tab>
            <Tabs.Tab value="revisions">{t('tabs.revisions')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="executions">
            <Executions pipeline={pipeline} onStart={() => setStarting(true)} />
          </Tabs.Panel>
          <Tabs.Panel value="revisions">
            <RevisionList pipeline={pipeline} />
          </Tabs.Panel>
        </Tabs>
      </Panel>
      {starting && <StartDialog pipeline={pipeline} onClose={() => setStarting(false)} />}
    </Page>
  );
}

const filters: Readonly<Record<string, ExecutionFilter>> = {
  all: {},
  awaiting: { awaiting: true },
  running: { status: 'RUNNING' },
  failed: { status: 'TERMINAL' },
};

function Executions({ pipeline, onStart }: { readonly pipeline: StoredPipeline; readonly onStart: () => void }) {
  const { t } = useTranslation('pipelines');
  const { show = 'all' } = useSearch({ from: '/app/pipelines/$pipeline' });
  const navigate = useNavigate({ from: '/pipelines/$pipeline' });
  const [limit, setLimit] = useState(30);
  const executions = useQuery(executionsQuery({ pipeline: pipeline.id, ...filters[show], limit }));
  return (
    <>
      <div className={classes['filters']}>
        <SegmentedControl
          size="xs"
          aria-label={t('executions.show')}
          value={show in filters ? show : 'all'}
          data={Object.keys(filters).map((value) => ({ value, label: t(`executions.filter.${value}`) }))}
          onChange={(next) => void navigate({ search: next === 'all' ? {} : { show: next }, replace: true })}
        />
      </div>
      {executions.isPending && <RowSkeletons rows={5} height={48} />}
      {executions.isError && <ErrorState error={executions.error} retry={executions.refetch} />}
      {executions.isSuccess && (
        <ExecutionList
          executions={executions.data.executions}
          empty={t(show === 'all' ? 'executions.emptyHelp' : 'executions.noneFit')}
          action={
            show === 'all' &&
            !pipeline.disabled && (
              <Button variant="default" onClick={onStart}>
                {t('start.start')}
              </Button>
            )
          }
        />
      )}
      {executions.data?.next !== null && executions.data !== undefined && (
        <div className={classes['more']}>
          <Button variant="subtle" onClick={() => setLimit(Math.min(200, limit + 50))} disabled={limit >= 200}>
            {t('executions.more')}
          </Button>
        </div>
      )}
    </>
  );
}
