import { Alert, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconPlayerSkipForward, IconRotateClockwise } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from '../ui/code-view.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Panel } from '../ui/panel.tsx';
import { useErrorWords } from '../ui/states.tsx';
import { humanDuration, RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { controlStage, executionQuery } from './api.ts';
import { ConfirmControl } from './confirm-control.tsx';
import { StageBadge } from './execution-badge.tsx';
import classes from './execution-page.module.css';
import type { Execution, Fields, Stage } from './wire.ts';

interface StageDetailsProps {
  readonly execution: Execution;
  readonly stage: Stage;
  readonly awaiting: boolean;
}

/** One stage of an execution: where it stands, why, and what can be done about it. */
export function StageDetails({ execution, stage, awaiting }: StageDetailsProps) {
  const { t } = useTranslation('pipelines');
  return (
    <Panel title={stage.name} aside={t(`type.${stage.type}.name`, { defaultValue: stage.type })}>
      <div className={classes['stageHead']}>
        <StageBadge status={stage.status} awaiting={awaiting} />
        <StageActions execution={execution} stage={stage} />
      </div>
      <div className={classes['details']}>
        {stage.error !== null && (
          <Alert color="red" icon={<IconAlertCircle size={18} />}>
            {stage.error}
          </Alert>
        )}
        <StageFacts execution={execution} stage={stage} />
        <div className={classes['columns']}>
          {Object.keys(stage.outputs).length > 0 && (
            <CodeView value={stage.outputs} label={t('stage.outputs')} maxHeight={280} />
          )}
          <CodeView value={stage.context} label={t('stage.context')} maxHeight={280} />
        </div>
      </div>
    </Panel>
  );
}

const verbsFor = (stage: Stage): readonly ('skip' | 'skip-wait' | 'restart')[] => {
  if (stage.status === 'RUNNING') {
    if (stage.waitsFor?.for === 'time' || stage.waitsFor?.for === 'window') return ['skip-wait'];
    return stage.config['skippable'] === true ? ['skip'] : [];
  }
  return stage.status === 'NOT_STARTED' ? [] : ['restart'];
};

const icons = {
  skip: IconPlayerSkipForward,
  'skip-wait': IconPlayerSkipForward,
  restart: IconRotateClockwise,
} as const;

function StageActions({ execution, stage }: Pick<StageDetailsProps, 'execution' | 'stage'>) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'skip' | 'skip-wait' | 'restart' | null>(null);
  const control = useMutation({
    mutationFn: async (verb: 'skip' | 'skip-wait' | 'restart') => controlStage(execution.id, stage.refId, verb),
    onSuccess: (after) => client.setQueryData(executionQuery(execution.id).queryKey, after),
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
    onSettled: () => setAsked(null),
  });
  return (
    <span className={classes['stageActions']}>
      {verbsFor(stage).map((verb) => {
        const Mark = icons[verb];
        return (
          <Button
            key={verb}
            size="xs"
            variant="default"
            loading={control.isPending && control.variables === verb}
            leftSection={<Mark size={14} />}
            onClick={() => setAsked(verb)}
          >
            {t(`stage.${verb}`)}
          </Button>
        );
      })}
      {asked !== null && (
        <ConfirmControl
          verb={asked}
          name={stage.name}
          pending={control.isPending}
          onConfirm={() => control.mutate(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </span>
  );
}

const textAt = (fields: Fields, key: string): string | undefined => {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function StageFacts({ execution, stage }: Pick<StageDetailsProps, 'execution' | 'stage'>) {
  const { t, i18n } = useTranslation('pipelines');
  const { startedAt, endedAt, waitsFor } = stage;
  return (
    <Facts columns={2}>
      {startedAt !== null && (
        <Fact label={t('stage.started')}>
          <RelativeTime at={startedAt} />
        </Fact>
      )}
      {startedAt !== null && endedAt !== null && (
        <Fact label={t('stage.took')}>{humanDuration(Date.parse(endedAt) - Date.parse(startedAt), i18n.language)}</Fact>
      )}
      {stage.attempt > 1 && <Fact label={t('stage.attempt')}>{stage.attempt}</Fact>}
      {waitsFor !== null && stage.status === 'RUNNING' && (
        <Fact label={t('stage.waitsFor')}>
          {t(`waits.${waitsFor.for}`, { defaultValue: waitsFor.for })}{' '}
          {waitsFor.until !== undefined && <RelativeTime at={waitsFor.until} />}
          {waitsFor.for === 'run' && waitsFor.id !== undefined && (
            <Link to="/runs/$id" params={{ id: waitsFor.id }}>
              {t('stage.open')}
            </Link>
          )}
          {waitsFor.for === 'execution' && waitsFor.id !== undefined && (
            <Link to="/executions/$id" params={{ id: waitsFor.id }}>
              {t('stage.open')}
            </Link>
          )}
        </Fact>
      )}
      <JudgmentFacts stage={stage} />
      <Fact label={t('stage.after')}>
        {stage.requisiteStageRefIds.length === 0
          ? t('stage.first')
          : stage.requisiteStageRefIds.map((refId) => nameOf(execution, refId)).join(', ')}
      </Fact>
    </Facts>
  );
}

interface StageVote {
  readonly name: string;
  readonly status: string;
  readonly comment: string | null;
}

const votesIn = ({ judgments }: Fields): readonly StageVote[] =>
  Array.isArray(judgments)
    ? (judgments as readonly Fields[]).map((each) => ({
        name: textAt(each, 'name') ?? '',
        status: textAt(each, 'status') ?? '',
        comment: textAt(each, 'comment') ?? null,
      }))
    : [];

/** Who decided, when, through what, and in which words. */
function JudgmentFacts({ stage }: { readonly stage: Stage }) {
  const { t } = useTranslation('pipelines');
  const judge = textAt(stage.context, 'judgedByName');
  const votes = votesIn(stage.context);
  const input = textAt(stage.context, 'judgmentInput');
  const comment = textAt(stage.context, 'judgmentComment');
  const through = textAt(stage.context, 'judgedThrough');
  return (
    <>
      {judge !== undefined && (
        <Fact label={t('stage.judgedBy')}>
          <Who name={judge} machine={false} />
        </Fact>
      )}
      {votes.length > 1 && (
        <Fact label={t('stage.votes')}>
          {votes.map((vote) => (
            <span key={vote.name} className={classes['vote']}>
              <Who name={vote.name} machine={false} /> {t(`stage.vote.${vote.status}`, { defaultValue: vote.status })}
              {vote.comment === null ? '' : ` · ${vote.comment}`}
            </span>
          ))}
        </Fact>
      )}
      {judge !== undefined && (stage.lastModified?.lastModifiedTime ?? 0) > 0 && (
        <Fact label={t('stage.judgedAt')}>
          <RelativeTime at={new Date(stage.lastModified?.lastModifiedTime ?? 0).toISOString()} />
          {through !== undefined && ` · ${t(`stage.through.${through}`, { defaultValue: through })}`}
        </Fact>
      )}
      {input !== undefined && <Fact label={t('judgment.input')}>{input}</Fact>}
      {comment !== undefined && <Fact label={t('judgment.comment')}>{comment}</Fact>}
    </>
  );
}

const nameOf = ({ stages }: Execution, refId: string): string =>
  stages.find((stage) => stage.refId === refId)?.name ?? refId;
