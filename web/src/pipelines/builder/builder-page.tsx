import { Alert, Autocomplete, Button, SegmentedControl, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconHistory, IconLock, IconRefreshAlert, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin } from '../../access/use-is-admin.ts';
import { LeaveGuard } from '../../ui/leave-guard.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { applicationsQuery, pipelineQuery, type StoredPipeline } from '../api.ts';
import { applicationQuery } from '../environments/api.ts';
import { LoadedPipeline } from '../loaded-pipeline.tsx';
import { lockOf } from '../pipeline-lock.ts';
import type { PipelineDocument } from '../wire.ts';
import classes from './builder.module.css';
import { BuilderCanvas } from './builder-canvas.tsx';
import { dropDraft } from './draft-store.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { PipelineJson } from './pipeline-json.tsx';
import { PipelineSettings } from './pipeline-settings.tsx';
import { ProblemList } from './problem-list.tsx';
import { StagePanel } from './stage-panel.tsx';
import { TemplateNotice } from './template-notice.tsx';
import { useBuilderKeys } from './use-builder-keys.ts';
import { type BuilderStart, type PipelineBuilder, usePipelineBuilder } from './use-pipeline-builder.ts';

export function NewPipelinePage() {
  const { application } = useSearch({ from: '/app/pipelines/new' });
  const document: PipelineDocument = { application: application ?? '', name: '', stages: [] };
  const chosen = useQuery({ ...applicationQuery(application ?? ''), enabled: application !== undefined, retry: false });
  if (chosen.isLoading) return <RowSkeletons rows={5} height={64} />;
  return (
    <ForEditors writable={chosen.data?.writable}>
      <BuilderView name={`new:${application ?? ''}`} stored={null} document={document} />
    </ForEditors>
  );
}

export function EditPipelinePage() {
  const { pipeline: id } = useParams({ from: '/app/pipelines/$pipeline/edit' });
  return (
    <LoadedPipeline id={id}>
      {(pipeline) => (
        <ForEditors pipeline={pipeline}>
          <BuilderView key={id} name={id} stored={pipeline} document={pipeline.document} />
        </ForEditors>
      )}
    </LoadedPipeline>
  );
}

interface ForEditorsProps {
  /** Of a new one: whether its application may be changed; only administrators make new applications. */
  readonly writable?: boolean | undefined;
  readonly pipeline?: StoredPipeline;
  readonly children: ReactNode;
}

function ForEditors({ pipeline, writable, children }: ForEditorsProps) {
  const { t } = useTranslation('pipelines');
  const admin = useIsAdmin();
  const may = pipeline?.writable ?? writable ?? admin;
  const lock = pipeline === undefined ? null : lockOf(pipeline.document);
  if (may && lock === null) return children;
  const why = may ? 'locked' : 'denied';
  return (
    <Page title={pipeline?.name ?? t('builder.newTitle')} icon={<IconRoute size={20} stroke={1.6} />}>
      <EmptyState
        icon={IconLock}
        title={t(`builder.${why}`)}
        action={
          pipeline !== undefined && (
            <Button component={Link} to={`/pipelines/${encodeURIComponent(pipeline.id)}`} variant="default">
              {t('builder.back', { name: pipeline.name })}
            </Button>
          )
        }
      >
        {lock?.why ?? t(`builder.${why}Help`)}
      </EmptyState>
    </Page>
  );
}

interface Place {
  readonly stage?: string | undefined;
  readonly view?: string | undefined;
}

/** Which stage and which view: in the address. */
function usePlace() {
  const { stage, view } = useSearch({ strict: false }) as Place;
  const navigate = useNavigate();
  return {
    stage,
    view: view === 'json' || view === 'settings' ? view : 'stages',
    go: (change: Place): void =>
      void navigate({ to: '.', search: (before) => ({ ...before, ...change }) as never, replace: true }),
  };
}

function BuilderView(start: BuilderStart) {
  const { t } = useTranslation('pipelines');
  const navigate = useNavigate();
  const leaving = useRef(false);
  const place = usePlace();
  const builder = usePipelineBuilder(start, (saved) => {
    notifications.show({ message: t('builder.saved', { name: saved.name }) });
    if (start.stored !== null) return;
    leaving.current = true;
    dropDraft(start.name);
    void navigate({ to: '/pipelines/$pipeline', params: { pipeline: saved.id }, replace: true });
  });
  const { document, problems } = builder;
  useBuilderKeys(builder);
  const shown = document.stages.some(({ refId }) => refId === place.stage) ? place.stage : undefined;
  const unnamed = document.name.trim() === '' || document.application.trim() === '';
  return (
    <Page
      title={document.name.trim() === '' ? t('builder.newTitle') : document.name}
      icon={<IconRoute size={20} stroke={1.6} />}
      crumbs={[
        { label: t('title'), to: '/pipelines' },
        ...(builder.stored === null
          ? []
          : [{ label: builder.stored.name, to: `/pipelines/${encodeURIComponent(builder.stored.id)}` }]),
      ]}
      actions={
        <>
          <span className={classes['state']} role="status">
            {builder.dirty && t('builder.unsaved')}
          </span>
          <Button
            disabled={!builder.dirty || unnamed || problems.length > 0}
            loading={builder.saving.isPending}
            onClick={builder.save}
          >
            {t(builder.stored === null ? 'builder.create' : 'builder.save')}
          </Button>
        </>
      }
    >
      <Notices builder={builder} />
      <TemplateNotice builder={builder} />
      {builder.stored === null && <Names builder={builder} />}
      <SegmentedControl
        className={classes['views'] ?? ''}
        aria-label={t('builder.views')}
        value={place.view}
        data={['stages', 'settings', 'json'].map((value) => ({ value, label: t(`builder.view.${value}`) }))}
        onChange={(view) => place.go({ view: view === 'stages' ? undefined : view })}
      />
      {place.view === 'stages' && (
        <div className={classes['workspace']} data-open={shown !== undefined || undefined}>
          <BuilderCanvas builder={builder} selected={shown} onSelect={(stage) => place.go({ stage })} />
          {shown !== undefined && <StagePanel key={shown} builder={builder} refId={shown} />}
        </div>
      )}
      {place.view === 'settings' && <PipelineSettings builder={builder} />}
      {place.view === 'json' && <PipelineJson builder={builder} />}
      <ProblemList
        document={document}
        problems={unnamed ? [] : problems}
        onOpen={(stage) => place.go(stage === null ? { view: 'settings' } : { stage, view: undefined })}
      />
      <LeaveGuard
        dirty={builder.dirty}
        leaving={leaving}
        onDiscard={() => dropDraft(start.name)}
        words={{
          title: t('builder.leave'),
          help: t('builder.leaveHelp'),
          discard: t('builder.leaveDiscard'),
          keep: t('builder.leaveKeep'),
          stay: t('builder.stay'),
        }}
      />
    </Page>
  );
}

function Names({ builder: { document, setDocument } }: { readonly builder: PipelineBuilder }) {
  const { t } = useTranslation('pipelines');
  const { data: applications = [] } = useQuery(applicationsQuery);
  const names = applications.map(({ name }) => name);
  const known = names.includes(document.application);
  return (
    <div className={classes['names']}>
      <TextInput
        label={t('builder.name')}
        withAsterisk
        data-autofocus
        value={document.name}
        onChange={(event) => setDocument({ ...document, name: event.currentTarget.value })}
      />
      <Autocomplete
        label={t('builder.application')}
        description={document.application === '' || known ? t('builder.applicationHelp') : t('builder.applicationNew')}
        inputWrapperOrder={helpBelow}
        withAsterisk
        data={names}
        value={document.application}
        onChange={(application) => setDocument({ ...document, application: application.trim() })}
      />
    </div>
  );
}

function Notices({ builder }: { readonly builder: PipelineBuilder }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const theirs = useQuery({ ...pipelineQuery(builder.stored?.id ?? ''), enabled: builder.stale, staleTime: 0 });
  return (
    <>
      {builder.saving.isError && !builder.stale && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {words(builder.saving.error)}
        </Alert>
      )}
      {builder.stale && (
        <Alert color="yellow" icon={<IconRefreshAlert size={18} />} role="alert">
          <div className={classes['notice']}>
            <span>{t('builder.stale')}</span>
            {theirs.data !== undefined && <StaleChoices builder={builder} theirs={theirs.data} />}
          </div>
        </Alert>
      )}
      {builder.restored && !builder.stale && (
        <Alert color="gray" variant="light" icon={<IconHistory size={18} />} role="status">
          <div className={classes['notice']}>
            <span>{t('builder.restored')}</span>
            <Button size="xs" variant="default" onClick={builder.discard}>
              {t('builder.discard')}
            </Button>
          </div>
        </Alert>
      )}
    </>
  );
}

function StaleChoices({ builder, theirs }: { readonly builder: PipelineBuilder; readonly theirs: StoredPipeline }) {
  const { t } = useTranslation('pipelines');
  return (
    <span className={classes['choices']}>
      <Button size="xs" variant="default" onClick={() => builder.takeTheirs(theirs)}>
        {t('builder.takeTheirs')}
      </Button>
      <Button size="xs" onClick={() => builder.saveOver(theirs.etag)}>
        {t('builder.keepMine')}
      </Button>
    </span>
  );
}
