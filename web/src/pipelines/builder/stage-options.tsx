import { NumberInput, Select, Switch, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { helpBelow } from '../../ui/field-layout.ts';
import type { Fields, StageConfig } from '../wire.ts';
import classes from './builder.module.css';
import { mapStage, setStageField } from './document-edits.ts';
import { ExpressionField } from './expression-field.tsx';
import { problemAt } from './placed-problems.ts';
import { failureChoiceOf, failureChoices, failureFields, type FailureChoice } from './stage-form.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';
import { WindowFields } from './window-fields.tsx';

const MINUTE_MS = 60_000;

interface StageOptionsProps {
  readonly builder: PipelineBuilder;
  readonly stage: StageConfig;
}

/** What every stage has: when it is left out or waits, how long it may take, and what its failing means. */
export function StageOptions({ builder, stage }: StageOptionsProps) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const { refId } = stage;
  const set = (key: string, value: unknown): void => setDocument(setStageField(document, refId, key, value));
  return (
    <fieldset className={classes['group']}>
      <legend>{t('builder.options')}</legend>
      <Failure builder={builder} stage={stage} />
      <Condition builder={builder} stage={stage} />
      <WindowFields
        stage={stage}
        error={problemAt(problems, refId, 'restrictedExecutionWindow')}
        onChange={(change) => setDocument(mapStage(document, refId, (one) => ({ ...one, ...change })))}
      />
      <Switch
        label={t('field.skippable.label')}
        description={t('field.skippable.help')}
        checked={stage['skippable'] === true}
        onChange={(event) => set('skippable', event.currentTarget.checked ? true : undefined)}
      />
      <Textarea
        label={t('field.comments.label')}
        description={t('field.comments.help')}
        inputWrapperOrder={helpBelow}
        autosize
        minRows={1}
        value={typeof stage['comments'] === 'string' ? stage['comments'] : ''}
        onChange={(event) => set('comments', event.currentTarget.value || undefined)}
      />
    </fieldset>
  );
}

function Failure({ builder, stage }: StageOptionsProps) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const timeout = stage['stageTimeoutMs'];
  return (
    <div className={classes['two']}>
      <Select
        label={t('field.failure.label')}
        data={failureChoices.map((value) => ({ value, label: t(`field.failure.${value}`) }))}
        value={failureChoiceOf(stage)}
        allowDeselect={false}
        onChange={(choice) =>
          setDocument(
            mapStage(document, stage.refId, (one) => ({
              ...one,
              ...failureFields((choice ?? 'failPipeline') as FailureChoice),
            })),
          )
        }
      />
      <NumberInput
        label={t('field.timeout.label')}
        description={t(stage.type === 'manualJudgment' ? 'field.timeout.judgmentHelp' : 'field.timeout.help')}
        inputWrapperOrder={helpBelow}
        min={1}
        error={problemAt(problems, stage.refId, 'stageTimeoutMs')}
        value={typeof timeout === 'number' ? timeout / MINUTE_MS : ''}
        onChange={(minutes) =>
          setDocument(
            setStageField(
              document,
              stage.refId,
              'stageTimeoutMs',
              typeof minutes === 'number' && minutes > 0 ? Math.round(minutes * MINUTE_MS) : undefined,
            ),
          )
        }
      />
    </div>
  );
}

function Condition({ builder, stage }: StageOptionsProps) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const enabled = (stage['stageEnabled'] ?? {}) as Fields;
  return (
    <ExpressionField
      kind="program"
      label={t('field.enabled.label')}
      description={t('field.enabled.help')}
      scope={{ builder, refId: stage.refId }}
      error={problemAt(problems, stage.refId, 'stageEnabled')}
      value={typeof enabled['expression'] === 'string' ? enabled['expression'] : ''}
      onChange={(text) =>
        setDocument(
          setStageField(
            document,
            stage.refId,
            'stageEnabled',
            text === '' ? undefined : { type: 'expression', expression: text },
          ),
        )
      }
    />
  );
}
