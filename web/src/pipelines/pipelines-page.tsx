import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconArrowDown,
  IconArrowUp,
  IconDots,
  IconLock,
  IconPencilPlus,
  IconPlayerPlay,
  IconPlus,
  IconRoute,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../settings/people-section.tsx';
import { Chip } from '../ui/chip.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { applicationsQuery, executionsQuery, orderPipelines, pipelinesQuery } from './api.ts';
import { ApplicationDialog } from './application-dialog.tsx';
import { ExecutionBadge } from './execution-badge.tsx';
import { ExecutionList } from './execution-list.tsx';
import { Executions } from './executions.tsx';
import { lockOf } from './pipeline-lock.ts';
import classes from './pipelines-page.module.css';
import { StartDialog } from './start-dialog.tsx';
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
  const all = view === 'executions';
  return (
    <Page title={t('title')} icon={<IconRoute size={20} stroke={1.6} />} lead={t('lead')} actions={<NewThings />}>
      <SegmentedControl
        style={{ alignSelf: 'flex-start' }}
        size="xs"
        aria-label={t('views.label')}
        value={all ? 'executions' : 'applications'}
        data={['applications', 'executions'].map((value) => ({ value, label: t(`views.${value}`) }))}
        onChange={(next) => void navigate({ search: next === 'executions' ? { view: next } : {}, replace: true })}
      />
      {all ? (
        <Panel flush>
          <Executions of={{}} shown={shown} onShow={(change) => go({ ...change })} />
        </Panel>
      ) : (
        <Applications onStart={(id) => go({ start: id })} />
      )}
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
      {pipelines.length === 0 && <p className={classes['description']}>{t('noneHere')}</p>}
      <ul className={classes['pipelines']}>
        {pipelines.map((pipeline, at) => (
          <PipelineRow
            key={pipeline.id}
            pipeline={pipeline}
            last={recent.find((execution) => execution.pipeline.id === pipeline.id)}
            onStart={() => onStart(pipeline.id)}
            more={admin && pipelines.length > 1 && <RowMenu pipelines={pipelines} at={at} />}
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
  readonly more: ReactNode;
}

function PipelineRow({ pipeline, last, onStart, more }: PipelineRowProps) {
  const { t } = useTranslation('pipelines');
  return (
    <li className={classes['pipeline']}>
      <Link to="/pipelines/$pipeline" params={{ pipeline: pipeline.id }} className={classes['name']}>
        <strong>{pipeline.name}</strong>
        <small>{pipeline.document.description || t('stages', { count: pipeline.stageCount })}</small>
      </Link>
      <span className={classes['last']}>
        {lockOf(pipeline.document) !== null && <IconLock size={14} role="img" aria-label={t('builder.locked')} />}
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
      {more}
    </li>
  );
}

/** Where a pipeline stands among those of its application. */
function RowMenu({ pipelines, at }: { readonly pipelines: readonly Pipeline[]; readonly at: number }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const pipeline = pipelines[at];
  const order = useMutation({
    mutationFn: async (to: number) => {
      const ids = pipelines.map(({ id }) => id);
      const [moved = ''] = ids.splice(at, 1);
      return orderPipelines(pipeline?.application ?? '', ids.toSpliced(to, 0, moved));
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: async () => client.invalidateQueries({ queryKey: pipelinesQuery.queryKey }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={order.isPending}
          aria-label={t('menu.label', { name: pipeline?.name })}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={16} />} disabled={at === 0} onClick={() => order.mutate(at - 1)}>
          {t('menu.up')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={16} />}
          disabled={at === pipelines.length - 1}
          onClick={() => order.mutate(at + 1)}
        >
          {t('menu.down')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
