import { Alert, Button, Select, TextInput } from '@mantine/core';
import { IconAlertCircle, IconUserQuestion } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { executionQuery, judgeStage, type Judgment } from './api.ts';
import classes from './execution-page.module.css';
import type { Execution, Fields, Stage, StageConfig } from './wire.ts';

const Markdown = lazy(async () => ({ default: (await import('../ui/markdown.tsx')).Markdown }));

const textOf = (fields: Fields, key: string): string => {
  const value = fields[key];
  return typeof value === 'string' ? value.trim() : '';
};

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string') : [];

/** Who was named to judge, in words; nobody named means whoever may start pipelines. */
function namedJudges(config: StageConfig): readonly string[] {
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

/** Asks for a judgment, with the stage's own words on its buttons. */
export function JudgmentCard({ execution, stage }: { readonly execution: Execution; readonly stage: Stage }) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
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
    onSuccess: (after) => client.setQueryData(executionQuery(execution.id).queryKey, after),
    // Somebody else may have decided: show what stands.
    onError: async () => client.invalidateQueries({ queryKey: executionQuery(execution.id).queryKey }),
  });
  const options = optionsOf(stage);
  const judges = namedJudges(stage.config);
  const instructions = textOf(stage.context, 'instructions');
  const missing = options.length > 0 && input === null;
  return (
    <section className={classes['judgment']} aria-labelledby={`judge-${stage.id}`}>
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
      {judge.isError && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {words(judge.error)}
        </Alert>
      )}
      <div className={classes['judgmentActions']}>
        <Button
          disabled={missing}
          loading={judge.isPending && judge.variables === 'continue'}
          onClick={() => judge.mutate('continue')}
        >
          {textOf(stage.config, 'continueButtonLabel') || t('judgment.continue')}
        </Button>
        <Button
          variant="default"
          loading={judge.isPending && judge.variables === 'stop'}
          onClick={() => judge.mutate('stop')}
        >
          {textOf(stage.config, 'stopButtonLabel') || t('judgment.stop')}
        </Button>
      </div>
    </section>
  );
}
