import { Alert, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPause, IconPlayerPlay, IconRoute, IconSquareX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fact, Facts } from '../ui/facts.tsx';
import { Identifier } from '../ui/identifier.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { humanDuration, RelativeTime, useNow } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { type Control, controlExecution, executionQuery, pipelineQuery, useExecutionStream } from './api.ts';
import { placesOf } from './builder/document-edits.ts';
import { ConfirmControl } from './confirm-control.tsx';
import { ExecutionBadge } from './execution-badge.tsx';
import classes from './execution-page.module.css';
import { ExecutionTimeline } from './execution-timeline.tsx';
import { awaits, JudgmentCard } from './judgment-card.tsx';
import { StageCanvas } from './stage-canvas.tsx';
import { StageDetails } from './stage-details.tsx';
import { type Execution, isEnded, type Stage } from './wire.ts';

export function ExecutionPage() {
  const { t } = useTranslation('pipelines');
  const { id } = useParams({ from: '/app/executions/$id' });
  const execution = useQuery(executionQuery(id));
  useExecutionStream(id, execution.data !== undefined && isEnded(execution.data.status));
  if (execution.isError) return <ErrorState page error={execution.error} retry={execution.refetch} />;
  if (execution.isPending) {
    return (
      <Page title={t('loading')}>
        <RowSkeletons rows={5} height={64} />
      </Page>
    );
  }
  return <ExecutionView execution={execution.data} />;
}

/** What to show when nothing was chosen: what needs somebody, what runs, what failed, else the last that began. */
function mostInteresting(stages: readonly Stage[]): Stage | undefined {
  return (
    stages.find(awaits) ??
    stages.find(({ status }) => status === 'RUNNING') ??
    stages.find(({ status }) => status === 'TERMINAL' || status === 'STOPPED') ??
    stages.findLast(({ startedAt }) => startedAt !== null) ??
    stages[0]
  );
}

function ExecutionView({ execution }: { readonly execution: Execution }) {
  const { t } = useTranslation('pipelines');
  const { stage: wanted } = useSearch({ from: '/app/executions/$id' });
  const navigate = useNavigate({ from: '/executions/$id' });
  const { stages } = execution;
  const shown = stages.find(({ refId }) => refId === wanted) ?? mostInteresting(stages);
  const { data: pipeline } = useQuery({ ...pipelineQuery(execution.pipeline.id), retry: false });
  const open = execution.status === 'RUNNING';
  const drawn = stages.map((stage) => ({ ...stage, awaiting: awaits(stage) }));
  const select = (refId: string | undefined): void => {
    if (refId !== undefined && refId !== wanted) void navigate({ search: { stage: refId }, replace: true });
  };
  return (
    <Page
      title={`${execution.pipeline.name} ${t('executions.number', { number: execution.number })}`}
      icon={<IconRoute size={20} stroke={1.6} />}
      crumbs={[
        { label: t('title'), to: '/pipelines' },
        { label: execution.pipeline.name, to: `/pipelines/${encodeURIComponent(execution.pipeline.id)}` },
      ]}
      actions={<Controls execution={execution} />}
    >
      <div className={classes['status']} aria-live="polite">
        <ExecutionBadge execution={execution} size="lg" />
        <Summary execution={execution} />
      </div>
      {execution.cancellation !== null && (
        <Alert color="gray">
          {t('execution.cancelledBy', { who: execution.cancellation.by })}
          {execution.cancellation.reason !== null && ` ${execution.cancellation.reason}`}
        </Alert>
      )}
      {open &&
        stages.filter(awaits).map((stage) => (
          // A restarted stage asks anew: nothing that was typed for the attempt before is sent.
          <JudgmentCard key={`${stage.id} ${stage.attempt}`} execution={execution} stage={stage} />
        ))}
      <Parameters parameters={execution.parameters} pinned={execution.pinned ?? []} />
      <StageCanvas
        stages={drawn}
        places={pipeline === undefined ? undefined : placesOf(pipeline.document)}
        selected={shown?.refId}
        onSelect={select}
      />
      {shown !== undefined && <StageDetails execution={execution} stage={shown} awaiting={awaits(shown)} />}
      <ExecutionTimeline stages={drawn} selected={shown?.refId} onSelect={select} />
    </Page>
  );
}

interface ParametersProps {
  readonly parameters: Execution['parameters'];
  readonly pinned: readonly string[];
}

/** What it was started with: what is pinned at once, the rest when asked for. */
function Parameters({ parameters, pinned }: ParametersProps) {
  const { t } = useTranslation('pipelines');
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value !== null);
  const first = given.filter(([name]) => pinned.includes(name));
  const rest = given.filter(([name]) => !pinned.includes(name));
  if (given.length === 0) return null;
  return (
    <Panel>
      <div className={classes['parameters']}>
        {first.length > 0 && <ParameterFacts given={first} />}
        {first.length === 0 && rest.length <= ALL_AT_ONCE && <ParameterFacts given={rest} />}
        {rest.length > 0 && (first.length > 0 || rest.length > ALL_AT_ONCE) && (
          <details>
            <summary>{t('execution.parameters', { count: rest.length })}</summary>
            <ParameterFacts given={rest} />
          </details>
        )}
      </div>
    </Panel>
  );
}

const ALL_AT_ONCE = 6;

function ParameterFacts({ given }: { readonly given: readonly (readonly [string, unknown])[] }) {
  return (
    <Facts columns={2}>
      {given.map(([name, value]) => (
        <Fact key={name} label={name}>
          <code className={classes['value']}>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
        </Fact>
      ))}
    </Facts>
  );
}

function Summary({ execution }: { readonly execution: Execution }) {
  const { t, i18n } = useTranslation('pipelines');
  const now = useNow(1_000);
  const { startedAt, endedAt } = execution;
  const began = startedAt === null ? null : Date.parse(startedAt);
  const took = began === null ? null : (endedAt === null ? now.getTime() : Date.parse(endedAt)) - began;
  return (
    <div className={classes['summary']}>
      <Who name={execution.startedBy} />
      <span>{t(`trigger.${execution.trigger.type}.name`, { defaultValue: execution.trigger.type })}</span>
      <RelativeTime at={execution.createdAt} />
      {took !== null && <span>{humanDuration(took, i18n.language)}</span>}
      {execution.parent !== null && (
        <Link to="/executions/$id" params={{ id: execution.parent.execution }}>
          {t('execution.parent')}
        </Link>
      )}
      <Identifier value={execution.id} />
    </div>
  );
}

function Controls({ execution }: { readonly execution: Execution }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const [cancelling, setCancelling] = useState(false);
  const control = useMutation({
    mutationFn: async (what: Control) => controlExecution(execution.id, what),
    onSuccess: ({ execution: after }) => client.setQueryData(executionQuery(execution.id).queryKey, after),
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: () => setCancelling(false),
  });
  if (isEnded(execution.status)) return null;
  const pending = control.isPending ? control.variables.verb : undefined;
  return (
    <>
      {execution.status === 'RUNNING' && (
        <Button
          variant="default"
          loading={pending === 'pause'}
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => control.mutate({ verb: 'pause' })}
        >
          {t('execution.pause')}
        </Button>
      )}
      {execution.status === 'PAUSED' && (
        <Button
          loading={pending === 'resume'}
          leftSection={<IconPlayerPlay size={16} />}
          onClick={() => control.mutate({ verb: 'resume' })}
        >
          {t('execution.resume')}
        </Button>
      )}
      <Button
        variant="default"
        loading={pending === 'cancel'}
        leftSection={<IconSquareX size={16} />}
        onClick={() => setCancelling(true)}
      >
        {t('execution.cancel')}
      </Button>
      {cancelling && (
        <ConfirmControl
          verb="cancel"
          name={`${execution.pipeline.name} ${t('executions.number', { number: execution.number })}`}
          pending={control.isPending}
          onConfirm={(reason) => control.mutate({ verb: 'cancel', reason })}
          onClose={() => setCancelling(false)}
        />
      )}
    </>
  );
}
