import { Button, MultiSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/panel.tsx';
import { mayFollow } from '../graph-layout.ts';
import type { Fields, StageConfig } from '../wire.ts';
import classes from './builder.module.css';
import { mapStage, removeStages, setStageField } from './document-edits.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { NotificationList } from './notification-list.tsx';
import { problemAt } from './placed-problems.ts';
import { failureChoiceOf, failureChoices, failureFields, type FailureChoice, stageFields } from './stage-form.ts';
import { StageFieldInput } from './stage-field-input.tsx';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

interface StagePanelProps {
  readonly builder: PipelineBuilder;
  readonly refId: string;
}

/** The form of one stage. */
export function StagePanel({ builder, refId }: StagePanelProps) {
  const { t } = useTranslation('pipelines');
  const navigate = useNavigate();
  const { document, setDocument, problems } = builder;
  const stage = document.stages.find((one) => one.refId === refId);
  if (stage === undefined) return null;
  const set = (key: string, value: unknown): void => setDocument(setStageField(document, refId, key, value));
  const fields = (stageFields[stage.type] ?? []).filter(({ when }) => when === undefined || stage[when[0]] === when[1]);
  const remove = (): void => {
    setDocument(removeStages(document, [refId]));
    void navigate({ to: '.', search: (before) => ({ ...before, stage: undefined }) as never, replace: true });
  };
  return (
    <Panel
      title={stage.name}
      aside={
        <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={remove}>
          {t('builder.remove')}
        </Button>
      }
    >
      <div className={classes['form']}>
        <p className={classes['help']}>{t(`type.${stage.type}.help`, { defaultValue: '' })}</p>
        <div className={classes['two']}>
          <TextInput
            label={t('field.name.label')}
            value={stage.name}
            error={problemAt(problems, refId, 'name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <Requisites builder={builder} stage={stage} />
        </div>
        {fields.map((field) => (
          <StageFieldInput
            key={field.key}
            field={field}
            value={stage[field.key]}
            error={problemAt(problems, refId, field.key)}
            onChange={(value) => set(field.key, value)}
          />
        ))}
        {fields.length === 0 && <p className={classes['help']}>{t('builder.inJson')}</p>}
        {stage.type === 'manualJudgment' && (
          <NotificationList
            moments={['manualJudgment', 'manualJudgmentContinue', 'manualJudgmentStop']}
            notifications={(stage['notifications'] ?? []) as readonly Fields[]}
            error={problemAt(problems, refId, 'notifications')}
            onChange={(next) =>
              setDocument(
                mapStage(document, refId, (one) => ({
                  ...one,
                  notifications: next,
                  sendNotifications: next.length > 0,
                })),
              )
            }
          />
        )}
        <StageOptions builder={builder} stage={stage} />
      </div>
    </Panel>
  );
}

function Requisites({ builder, stage }: { readonly builder: PipelineBuilder; readonly stage: StageConfig }) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const { refId, requisiteStageRefIds } = stage;
  const possible = document.stages.filter(
    (one) => requisiteStageRefIds.includes(one.refId) || mayFollow(document.stages, one.refId, refId),
  );
  return (
    <MultiSelect
      label={t('field.requisites.label')}
      description={t('field.requisites.help')}
      inputWrapperOrder={helpBelow}
      placeholder={requisiteStageRefIds.length === 0 ? t('stage.first') : ''}
      data={possible.map((one) => ({ value: one.refId, label: one.name }))}
      value={[...requisiteStageRefIds]}
      error={problemAt(problems, refId, 'requisiteStageRefIds')}
      searchable
      onChange={(next) => setDocument(setStageField(document, refId, 'requisiteStageRefIds', next))}
    />
  );
}

const MINUTE_MS = 60_000;

/** What every stage has: when it is left out, how long it may take, and what its failing means. */
function StageOptions({ builder, stage }: { readonly builder: PipelineBuilder; readonly stage: StageConfig }) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const { refId } = stage;
  const enabled = (stage['stageEnabled'] ?? {}) as Fields;
  const expression = typeof enabled['expression'] === 'string' ? enabled['expression'] : '';
  const timeout = stage['stageTimeoutMs'];
  return (
    <fieldset className={classes['group']}>
      <legend>{t('builder.options')}</legend>
      <div className={classes['two']}>
        <Select
          label={t('field.failure.label')}
          data={failureChoices.map((value) => ({ value, label: t(`field.failure.${value}`) }))}
          value={failureChoiceOf(stage)}
          allowDeselect={false}
          onChange={(choice) =>
            setDocument(
              mapStage(document, refId, (one) => ({
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
          error={problemAt(problems, refId, 'stageTimeoutMs')}
          value={typeof timeout === 'number' ? timeout / MINUTE_MS : ''}
          onChange={(minutes) =>
            setDocument(
              setStageField(
                document,
                refId,
                'stageTimeoutMs',
                typeof minutes === 'number' && minutes > 0 ? Math.round(minutes * MINUTE_MS) : undefined,
              ),
            )
          }
        />
      </div>
      <Textarea
        label={t('field.enabled.label')}
        description={t('field.enabled.help')}
        inputWrapperOrder={helpBelow}
        autosize
        minRows={1}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--q-mono)', fontSize: 13 } }}
        error={problemAt(problems, refId, 'stageEnabled')}
        value={expression}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setDocument(
            setStageField(
              document,
              refId,
              'stageEnabled',
              text === '' ? undefined : { type: 'expression', expression: text },
            ),
          );
        }}
      />
    </fieldset>
  );
}
