import { Button, SegmentedControl } from '@mantine/core';
import { IconPencilPlus, IconPlus, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../access/use-is-admin.ts';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { applicationsQuery, executionsQuery, pipelinesQuery } from './api.ts';
import { ApplicationDialog } from './application-dialog.tsx';
import { ExecutionList } from './execution-list.tsx';
import { Executions } from './executions.tsx';
import { PipelineRows } from './pipeline-rows.tsx';
import classes from './pipelines-page.module.css';
import { StageTypesView } from './stage-types-view.tsx';
import { StartDialog } from './start-dialog.tsx';
import { StuckExecutions } from './stuck-executions.tsx';
import type { Application, ExecutionItem, Pipeline } from './wire.ts';

const RECENT = 50;

/** Applications with their pipelines, whatever waits for somebody, and everything that ran. */
export function PipelinesPage() {
  const { t } = useTranslation('pipelines');
  const { view, start, parameters, ...shown } = useSearch({ from: '/app/pipelines' });
  const navigate = useNavigate({ from: '/pipelines' });
  const pipelines = useQuery(pipelinesQuery);
  const starting = pipelines.data?.find(({ id }) => id === start);
  const go = (change: Record<string, string | undefined>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const admin = useIsAdmin();
  const views = ['applications', 'executions', ...(admin ? ['stage-types'] : [])];
  const shownView = view !== undefined && views.includes(view) ? view : 'applications';
  return (
    <Page title={t('title')} icon={<IconRoute size={20} stroke={1.6} />} lead={t('lead')} actions={<NewThings />}>
      <SegmentedControl
        style={{ alignSelf: 'flex-start' }}
        size="xs"
        aria-label={t('views.label')}
        value={shownView}
        data={views.map((value) => ({ value, label: t(`views.${value}`) }))}
        onChange={(next) => void navigate({ search: next === 'applications' ? {} : { view: next }, replace: true })}
      />
      {shownView === 'executions' && (
        <Panel flush>
          <Executions of={{}} shown={shown} onShow={(change) => go({ ...change })} />
        </Panel>
      )}
      {shownView === 'applications' && <Applications onStart={(id) => go({ start: id })} />}
      {shownView === 'stage-types' && <StageTypesView />}
      {starting !== undefined && (
        <StartDialog
          pipeline={starting}
          given={parameters}
          onClose={() => go({ start: undefined, parameters: undefined })}
        />
      )}
    </Page>
  );
}

function NewThings() {
  const { t } = useTranslation('pipelines');
  const [making, setMaking] = useState(false);
  if (!useIsAdmin()) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
        {t('application.new')}
      </Button>
      <Button component={Link} to="/pipelines/new" leftSection={<IconPencilPlus size={16} />}>
        {t('new')}
      </Button>
      {making && <ApplicationDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Applications({ onStart }: { readonly onStart: (id: string) => void }) {
  const { t } = useTranslation('pipelines');
  const admin = useIsAdmin();
  const applications = useQuery(applicationsQuery);
  const pipelines = useQuery(pipelinesQuery);
  const recent = useQuery(executionsQuery({ limit: RECENT }));
  const awaiting = useQuery(executionsQuery({ awaiting: true, limit: RECENT }));
  const failed = [applications, pipelines].find(({ isError }) => isError);
  if (failed !== undefined) return <ErrorState error={failed.error} retry={failed.refetch} />;
  if (!applications.isSuccess || !pipelines.isSuccess) return <RowSkeletons rows={5} height={56} />;
  return (
    <>
      {admin && <StuckExecutions />}
      {awaiting.isSuccess && awaiting.data.executions.length > 0 && (
        <Panel title={t('awaiting', { count: awaiting.data.executions.length })} flush>
          <ExecutionList executions={awaiting.data.executions} named empty={null} />
        </Panel>
      )}
      {applications.data.length === 0 && <NoPipelines admin={admin} />}
      <div className={classes['applications']}>
        {applications.data.map((application) => (
          <ApplicationPanel
            key={application.name}
            application={application}
            pipelines={pipelines.data.filter((pipeline) => pipeline.application === application.name)}
            recent={recent.data?.executions ?? []}
            onStart={onStart}
          />
        ))}
      </div>
    </>
  );
}

function NoPipelines({ admin }: { readonly admin: boolean }) {
  const { t } = useTranslation('pipelines');
  return (
    <EmptyState
      icon={IconRoute}
      title={t('empty')}
      action={
        admin && (
          <Button component={Link} to="/pipelines/new" variant="default">
            {t('new')}
          </Button>
        )
      }
    >
      {t('emptyHelp')}
    </EmptyState>
  );
}

interface ApplicationPanelProps {
  readonly application: Application;
  readonly pipelines: readonly Pipeline[];
  readonly recent: readonly ExecutionItem[];
  readonly onStart: (id: string) => void;
}

function ApplicationPanel({ application, pipelines, recent, onStart }: ApplicationPanelProps) {
  const { t } = useTranslation('pipelines');
  const admin = useIsAdmin();
  return (
    <Panel
      title={
        <Link to="/applications/$application" params={{ application: application.name }}>
          {application.name}
        </Link>
      }
      flush
      aside={
        admin && (
          <Link to="/pipelines/new" search={{ application: application.name }}>
            {t('addPipeline')}
          </Link>
        )
      }
    >
      {application.description !== undefined && application.description !== '' && (
        <p className={classes['description']}>{application.description}</p>
      )}
      <PipelineRows pipelines={pipelines} recent={recent} onStart={onStart} />
    </Panel>
  );
}
