import { Alert, Button, Select, TextInput } from '@mantine/core';
import { IconAlertCircle, IconLock, IconUserQuestion } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { type ApprovalDetail, stageApprovalQuery } from '../approvals/api.ts';
import { quorumLines } from '../approvals/quorum-words.ts';
import { useRefusalWords } from '../ui/refusal-words.ts';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { executionQuery, judgeStage, type Judgment } from './api.ts';
import classes from './execution-page.module.css';
import type { Execution, Fields, Stage, StageConfig } from './wire.ts';

const Markdown = lazyPart(async () => ({ default: (await import('../ui/markdown.tsx')).Markdown }));

const textOf = (fields: Fields, key: string): string => {
  const value = fields[key];
  return typeof value === 'string' ? value.trim() : '';
};

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string') : [];

export const awaits = (stage: Stage): boolean => stage.status === 'RUNNING' && stage.waitsFor?.for === 'approval';

/** Who was named to judge, in words; nobody named means whoever may start pipelines. */
function namedJudges(config: StageConfig): readonly string[] {
  const { groups } = (config['quorum'] ?? {}) as { readonly groups?: readonly Fields[] };
  if (groups !== undefined) return groups.map((group) => textOf(group, 'name'));
  const named = (config['approvers'] ?? {}) as Fields;
  const people = [...texts(named['users']), ...texts(named['roles']), ...texts(named['teams'])];
  if (people.length > 0) return people;
  const required = texts(config['requiredJudgmentRoles']);
  return required.length > 0 ? required : texts(config['selectedStageRoles']);
}

function optionsOf(stage: Stage): readonly string[] {
  const given = stage.context['judgmentInputs'];
  const options = Array.isArray(given) ? (given as readonly Fields[]) : [];
  return options.map((option) => textOf(option, 'value')).filter((value) => value !== '');
}

interface JudgmentCardProps {
  readonly execution: Execution;
  readonly stage: Stage;
  readonly onJudged?: () => void;
}

/** Asks for a judgment, with the stage's own words on its buttons. */
export function JudgmentCard({ execution, stage, onJudged }: JudgmentCardProps) {
  const { t } = useTranslation('pipelines');
  const client = useQueryClient();
  const [input, setInput] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const judge = useMutation({
    mutationFn: async (verdict: Judgment['verdict']) =>
      judgeStage(execution.id, stage.refId, {
        verdict,
        input,
        comment: comment.trim() === '' ? null : comment,
        attempt: stage.attempt,
      }),
    onSuccess: (after) => {
      client.setQueryData(executionQuery(execution.id).queryKey, after);
      onJudged?.();
    },
    // Somebody else may have decided: show what stands.
    onError: async () => client.invalidateQueries({ queryKey: executionQuery(execution.id).queryKey }),
  });
  const options = optionsOf(stage);
  const instructions = textOf(stage.context, 'instructions');
  return (
    <section className={classes['judgment']} aria-labelledby={`judge-${stage.id}`}>
      <Question stage={stage} />
      {instructions !== '' && (
        <div className={classes['instructions']}>
          <Suspense fallback={null}>
            <Markdown value={instructions} />
          </Suspense>
        </div>
      )}
      <div className={classes['judgmentFields']}>
        {options.length > 0 && (
          <Select
            label={t('judgment.input')}
            placeholder={t('start.choose')}
            data={[...new Set(options)]}
            value={input}
            onChange={setInput}
          />
        )}
        <TextInput
          label={t('judgment.comment')}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      </div>
      <Verdict
        stage={stage}
        missing={options.length > 0 && input === null}
        pending={judge.isPending ? judge.variables : undefined}
        error={judge.error}
        onVerdict={judge.mutate}
      />
    </section>
  );
}

/** What is asked, of whom, and since when. */
function Question({ stage }: { readonly stage: Stage }) {
  const { t } = useTranslation('pipelines');
  const judges = namedJudges(stage.config);
  return (
    <div className={classes['judgmentHead']}>
      <IconUserQuestion size={22} stroke={1.7} className={classes['judgmentMark']} aria-hidden />
      <h2 id={`judge-${stage.id}`}>{t('judgment.title', { stage: stage.name })}</h2>
      <p>
        {judges.length === 0 ? t('judgment.anybody') : t('judgment.who', { who: judges.join(', ') })}{' '}
        {stage.startedAt !== null && (
          <>
            {t('judgment.since')} <RelativeTime at={stage.startedAt} />
          </>
        )}
      </p>
    </div>
  );
}

/** How far a judgment is that takes several people, and whose word is missing. */
function Progress({ approval }: { readonly approval: ApprovalDetail }) {
  const { t } = useTranslation('pipelines');
  return quorumLines(approval).map(({ group, approved, needed, waiting }) => (
    <p key={group} className={classes['votes']}>
      {t(group === '' ? 'judgment.progress' : 'judgment.group', { group, approved, needed })}
      {waiting.length > 0 && ` · ${t('judgment.still', { names: waiting.slice(0, NAMES_SHOWN).join(', ') })}`}
      {waiting.length > NAMES_SHOWN && ` +${waiting.length - NAMES_SHOWN}`}
    </p>
  ));
}

const NAMES_SHOWN = 10;

interface VerdictProps {
  readonly stage: Stage;
  /** A choice has to be made first. */
  readonly missing: boolean;
  readonly pending: Judgment['verdict'] | undefined;
  readonly error: Error | null;
  readonly onVerdict: (verdict: Judgment['verdict']) => void;
}

/** The buttons, or why there are none for this reader. */
function Verdict({ stage, missing, pending, error, onVerdict }: VerdictProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const { data: approval } = useQuery(stageApprovalQuery(stage.id, stage.attempt));
  const refusalWords = useRefusalWords();
  const refused = approval?.me.mayDecide === false ? approval.me : null;
  return (
    <>
      {error !== null && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {words(error)}
        </Alert>
      )}
      {approval != null && approval.votes.length > 0 && (
        <p className={classes['votes']}>
          {t('judgment.votes', { names: approval.votes.map(({ by }) => by.name).join(', ') })}
        </p>
      )}
      {approval != null && <Progress approval={approval} />}
      {refused === null ? (
        <div className={classes['judgmentActions']}>
          <Button disabled={missing} loading={pending === 'continue'} onClick={() => onVerdict('continue')}>
            {textOf(stage.config, 'continueButtonLabel') || t('judgment.continue')}
          </Button>
          <Button variant="default" loading={pending === 'stop'} onClick={() => onVerdict('stop')}>
            {textOf(stage.config, 'stopButtonLabel') || t('judgment.stop')}
          </Button>
          {missing && <span className={classes['votes']}>{t('judgment.chooseFirst')}</span>}
        </div>
      ) : (
        <p className={classes['refused']}>
          <IconLock size={16} aria-hidden />
          {refused.vote === null
            ? refusalWords({ code: refused.code, message: refused.reason ?? '' }) || t('judgment.notYou')
            : t('judgment.voted')}
        </p>
      )}
    </>
  );
}
