import { Button, SegmentedControl } from '@mantine/core';
import { IconLayersSubtract, IconPencil, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { executionsQuery, pipelinesQuery } from '../api.ts';
import { Executions } from '../executions.tsx';
import { PipelineRows } from '../pipeline-rows.tsx';
import { applicationQuery, type Environment, environmentsQuery, type StoredApplication } from './api.ts';
import { ApplicationSettings } from './application-settings.tsx';
import { ConfigEditor } from './config-editor.tsx';
import { EnvironmentBoard } from './environment-board.tsx';

/** What is deployed together: which version is where, and the pipelines that bring it there. */
export function ApplicationPage() {
  const { t } = useTranslation('environments');
  const { application: name } = useParams({ from: '/app/applications/$application' });
  const { view } = useSearch({ from: '/app/applications/$application' });
  const navigate = useNavigate({ from: '/applications/$application' });
  const application = useQuery(applicationQuery(name));
  const environments = useQuery(environmentsQuery(name));
  const writable = application.data?.writable === true;
  const failed = [application, environments].find(({ isError }) => isError);
  if (failed !== undefined) return <ErrorState page error={failed.error} retry={failed.refetch} />;
  const views = ['overview', 'executions', ...(writable ? ['settings'] : [])];
  const part = [...views, ...(writable ? ['config'] : [])].find((one) => one === view) ?? 'overview';
  const edit = (): void => void navigate({ search: { view: 'config' } });
  const mayEdit = writable && part === 'overview' && environments.data?.[0] !== undefined;
  return (
    <Page
      title={application.data?.name ?? name}
      icon={<IconRoute size={20} stroke={1.6} />}
      lead={application.data?.description || t('lead')}
      crumbs={[{ label: t('pipelines'), to: '/pipelines' }]}
      actions={
        mayEdit && (
          <Button variant="default" leftSection={<IconPencil size={16} />} onClick={edit}>
            {t('edit')}
          </Button>
        )
      }
    >
      {part !== 'config' && (
        <Parts
          value={part}
          parts={views}
          onChange={(next) => void navigate({ search: next === 'overview' ? {} : { view: next }, replace: true })}
        />
      )}
      {part === 'config' && <ConfigEditor application={name} onClose={() => void navigate({ search: {} })} />}
      {part === 'overview' && (
        <>
          <Pipelines application={name} writable={writable} />
          <Environments application={name} environments={environments.data} onAdd={writable ? edit : undefined} />
        </>
      )}
      {part === 'executions' && <Ran application={name} />}
      {part === 'settings' && <Settings application={application.data} />}
    </Page>
  );
}

function Settings({ application }: { readonly application: StoredApplication | undefined }) {
  return application !== undefined && <ApplicationSettings key={application.etag} application={application} />;
}

interface PartsProps {
  readonly value: string;
  readonly parts: readonly string[];
  readonly onChange: (part: string) => void;
}

function Parts({ value, parts, onChange }: PartsProps) {
  const { t } = useTranslation('environments');
  return (
    <SegmentedControl
      style={{ alignSelf: 'flex-start' }}
      size="xs"
      aria-label={t('part.label')}
      value={value}
      data={parts.map((part) => ({ value: part, label: t(`part.${part}`) }))}
      onChange={onChange}
    />
  );
}

function Ran({ application }: { readonly application: string }) {
  const { view: _view, ...shown } = useSearch({ from: '/app/applications/$application' });
  const navigate = useNavigate({ from: '/applications/$application' });
  const go = (change: Record<string, string | undefined>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Panel flush>
      <Executions of={{ application }} shown={shown} onShow={(change) => go({ ...change })} />
    </Panel>
  );
}

interface EnvironmentsProps {
  readonly application: string;
  /** Absent while they load. */
  readonly environments: readonly Environment[] | undefined;
  readonly onAdd: (() => void) | undefined;
}

function Environments({ application, environments, onAdd }: EnvironmentsProps) {
  const { t } = useTranslation('environments');
  if (environments === undefined) return <RowSkeletons rows={3} height={120} />;
  if (environments.length > 0) return <EnvironmentBoard application={application} environments={environments} />;
  return (
    <EmptyState
      icon={IconLayersSubtract}
      title={t('empty')}
      action={onAdd !== undefined && <Button onClick={onAdd}>{t('add')}</Button>}
    >
      {t('emptyHelp')}
    </EmptyState>
  );
}

const RECENT = 50;

function Pipelines({ application, writable }: { readonly application: string; readonly writable: boolean }) {
  const { t } = useTranslation('environments');
  const navigate = useNavigate();
  const pipelines = useQuery(pipelinesQuery);
  const recent = useQuery(executionsQuery({ application, limit: RECENT }));
  if (!pipelines.isSuccess) return <RowSkeletons rows={1} height={60} />;
  return (
    <Panel
      title={t('pipelines')}
      flush
      aside={
        writable && (
          <Link to="/pipelines/new" search={{ application }}>
            {t('addPipeline')}
          </Link>
        )
      }
    >
      <PipelineRows
        pipelines={pipelines.data.filter((pipeline) => pipeline.application === application)}
        recent={recent.data?.executions ?? []}
        onStart={(id) =>
          void navigate({ to: '/pipelines/$pipeline', params: { pipeline: id }, search: { start: '1' } })
        }
      />
    </Panel>
  );
}
