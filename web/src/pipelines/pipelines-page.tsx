import { Button } from '@mantine/core';
import { IconPencilPlus, IconPlayerPlay, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../settings/people-section.tsx';
import { Chip } from '../ui/chip.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { applicationsQuery, executionsQuery, pipelinesQuery } from './api.ts';
import { ExecutionBadge } from './execution-badge.tsx';
import { ExecutionList } from './execution-list.tsx';
import classes from './pipelines-page.module.css';
import { StartDialog } from './start-dialog.tsx';
import type { Application, ExecutionItem, Pipeline } from './wire.ts';

const RECENT = 50;

/** Applications with their pipelines, and whatever waits for somebody. */
export function PipelinesPage() {
  const { t } = useTranslation('pipelines');
  const { start } = useSearch({ from: '/app/pipelines' });
  const navigate = useNavigate({ from: '/pipelines' });
  const admin = useIsAdmin();
  const applications = useQuery(applicationsQuery);
  const pipelines = useQuery(pipelinesQuery);
  const recent = useQuery(executionsQuery({ limit: RECENT }));
  const awaiting = useQuery(executionsQuery({ awaiting: true, limit: RECENT }));
  const failed = [applications, pipelines].find(({ isError }) => isError);
  const starting = pipelines.data?.find(({ id }) => id === start);
  const choose = (id: string | undefined): void =>
    void navigate({ search: id === undefined ? {} : { start: id }, replace: true });
  return (
    <Page
      title={t('title')}
      icon={<IconRoute size={20} stroke={1.6} />}
      lead={t('lead')}
      actions={
        admin && (
          <Button component={Link} to="/pipelines/new" leftSection={<IconPencilPlus size={16} />}>
            {t('new')}
          </Button>
        )
      }
    >
      {failed !== undefined && <ErrorState error={failed.error} retry={failed.refetch} />}
      {failed === undefined && (applications.isPending || pipelines.isPending) && <RowSkeletons rows={5} height={56} />}
      {awaiting.isSuccess && awaiting.data.executions.length > 0 && (
        <Panel title={t('awaiting', { count: awaiting.data.executions.length })} flush>
          <ExecutionList executions={awaiting.data.executions} named empty={null} />
        </Panel>
      )}
      {applications.isSuccess && pipelines.isSuccess && pipelines.data.length === 0 && <NoPipelines admin={admin} />}
      {applications.isSuccess && pipelines.isSuccess && pipelines.data.length > 0 && (
        <div className={classes['applications']}>
          {applications.data.map((application) => (
            <ApplicationPanel
              key={application.name}
              application={application}
              pipelines={pipelines.data.filter((pipeline) => pipeline.application === application.name)}
              recent={recent.data?.executions ?? []}
              onStart={choose}
            />
          ))}
        </div>
      )}
      {starting !== undefined && <StartDialog pipeline={starting} onClose={() => choose(undefined)} />}
    </Page>
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
      {pipelines.length === 0 && <p className={classes['description']}>{t('noneHere')}</p>}
      <ul className={classes['pipelines']}>
        {pipelines.map((pipeline) => (
          <PipelineRow
            key={pipeline.id}
            pipeline={pipeline}
            last={recent.find((execution) => execution.pipeline.id === pipeline.id)}
            onStart={() => onStart(pipeline.id)}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface PipelineRowProps {
  readonly pipeline: Pipeline;
  readonly last: ExecutionItem | undefined;
  readonly onStart: () => void;
}

function PipelineRow({ pipeline, last, onStart }: PipelineRowProps) {
  const { t } = useTranslation('pipelines');
  return (
    <li className={classes['pipeline']}>
      <Link to="/pipelines/$pipeline" params={{ pipeline: pipeline.id }} className={classes['name']}>
        <strong>{pipeline.name}</strong>
        <small>{pipeline.document.description || t('stages', { count: pipeline.stageCount })}</small>
      </Link>
      <span className={classes['last']}>
        {pipeline.disabled && <Chip color="lightGray">{t('disabled')}</Chip>}
        {last !== undefined && (
          <Link to="/executions/$id" params={{ id: last.id }} className={classes['execution']}>
            <ExecutionBadge execution={last} size="sm" />
            <RelativeTime at={last.createdAt} />
          </Link>
        )}
        {last === undefined && !pipeline.disabled && <span className={classes['quiet']}>{t('neverRun')}</span>}
      </span>
      <Button
        size="xs"
        variant="light"
        disabled={pipeline.disabled}
        leftSection={<IconPlayerPlay size={14} />}
        aria-label={t('start.title', { name: pipeline.name })}
        onClick={onStart}
      >
        {t('start.start')}
      </Button>
    </li>
  );
}
