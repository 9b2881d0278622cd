import { Button, SegmentedControl } from '@mantine/core';
import { IconLayersSubtract, IconPencil, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../../settings/people-section.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../../ui/states.tsx';
import { pipelinesQuery } from '../api.ts';
import { Executions } from '../executions.tsx';
import { applicationQuery, type Environment, environmentsQuery } from './api.ts';
import { ApplicationSettings } from './application-settings.tsx';
import { ConfigEditor } from './config-editor.tsx';
import { EnvironmentBoard } from './environment-board.tsx';
import classes from './environments.module.css';

/** What is deployed together: which version is where, and the pipelines that bring it there. */
export function ApplicationPage() {
  const { t } = useTranslation('environments');
  const { application: name } = useParams({ from: '/app/applications/$application' });
  const { view, ...shown } = useSearch({ from: '/app/applications/$application' });
  const navigate = useNavigate({ from: '/applications/$application' });
  const admin = useIsAdmin();
  const application = useQuery(applicationQuery(name));
  const environments = useQuery(environmentsQuery(name));
  const hasAny = (environments.data?.length ?? 0) > 0;
  const editing = view === 'config' && admin;
  const edit = (open: boolean): void => void navigate({ search: open ? { view: 'config' } : {} });
  const go = (change: Record<string, string | undefined>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const views = ['overview', 'executions', ...(admin ? ['settings'] : [])];
  const part = views.find((one) => one === view) ?? 'overview';
  const failed = [application, environments].find(({ isError }) => isError);
  if (failed !== undefined) return <ErrorState page error={failed.error} retry={failed.refetch} />;
  return (
    <Page
      title={application.data?.name ?? name}
      icon={<IconRoute size={20} stroke={1.6} />}
      lead={application.data?.description || t('lead')}
      crumbs={[{ label: t('pipelines'), to: '/pipelines' }]}
      actions={
        admin &&
        !editing &&
        part === 'overview' &&
        hasAny && (
          <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => edit(true)}>
            {t('edit')}
          </Button>
        )
      }
    >
      {!editing && (
        <SegmentedControl
          style={{ alignSelf: 'flex-start' }}
          size="xs"
          aria-label={t('part.label')}
          value={part}
          data={views.map((value) => ({ value, label: t(`part.${value}`) }))}
          onChange={(next) => void navigate({ search: next === 'overview' ? {} : { view: next }, replace: true })}
        />
      )}
      {editing && <ConfigEditor application={name} onClose={() => edit(false)} />}
      {!editing && part === 'overview' && (
        <>
          <Pipelines application={name} admin={admin} />
          <Environments
            application={name}
            environments={environments.data}
            onAdd={admin ? () => edit(true) : undefined}
          />
        </>
      )}
      {!editing && part === 'executions' && (
        <Panel flush>
          <Executions of={{ application: name }} shown={shown} onShow={(change) => go({ ...change })} />
        </Panel>
      )}
      {!editing && part === 'settings' && application.isSuccess && (
        <ApplicationSettings key={application.data.etag} application={application.data} />
      )}
    </Page>
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

function Pipelines({ application, admin }: { readonly application: string; readonly admin: boolean }) {
  const { t } = useTranslation('environments');
  const pipelines = useQuery(pipelinesQuery);
  const own = pipelines.data?.filter((pipeline) => pipeline.application === application) ?? [];
  if (!pipelines.isSuccess) return null;
  return (
    <Panel
      title={t('pipelines')}
      flush
      aside={
        admin && (
          <Link to="/pipelines/new" search={{ application }}>
            {t('addPipeline')}
          </Link>
        )
      }
    >
      {own.length === 0 && <p className={classes['quiet']}>{t('noPipelines')}</p>}
      <ul className={classes['pipelines']}>
        {own.map((pipeline) => (
          <li key={pipeline.id}>
            <Link to="/pipelines/$pipeline" params={{ pipeline: pipeline.id }}>
              {pipeline.name}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
