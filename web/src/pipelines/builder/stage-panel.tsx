import { Button, MultiSelect, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../ui/panel.tsx';
import { mayFollow } from '../graph-layout.ts';
import { useStageType } from '../stage-type-api.ts';
import type { Fields, StageConfig } from '../wire.ts';
import classes from './builder.module.css';
import { mapStage, removeStages, setStageField } from './document-edits.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { JudgeFields } from './judge-fields.tsx';
import { changed } from './judge-terms.ts';
import { NotificationList } from './notification-list.tsx';
import { problemAt } from './placed-problems.ts';
import { StageFieldInput } from './stage-field-input.tsx';
import { stageFields } from './stage-form.ts';
import { StageOptions } from './stage-options.tsx';
import { TypeFields } from './type-fields.tsx';
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
  const stageType = useStageType(stage?.type ?? '');
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
        <p className={classes['help']}>
          {t(`type.${stage.type}.help`, { defaultValue: stageType?.description ?? '' })}
        </p>
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
            expressions={{ builder, refId }}
            error={problemAt(problems, refId, field.key)}
            onChange={(value) => set(field.key, value)}
          />
        ))}
        {stageFields[stage.type] === undefined && (
          <TypeFields builder={builder} stage={stage} onChange={(values) => set('parameterValues', values)} />
        )}
        {stage.type === 'manualJudgment' && (
          <JudgeFields
            terms={stage}
            errorAt={(key) => problemAt(problems, refId, key)}
            onChange={(change) => setDocument(mapStage(document, refId, (one) => changed(one, change)))}
          />
        )}
        <StageNotifications builder={builder} stage={stage} />
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

const judgmentMoments = ['manualJudgment', 'manualJudgmentContinue', 'manualJudgmentStop'] as const;
const stageMoments = ['stage.starting', 'stage.complete', 'stage.failed'] as const;

/** A judgment tells of its question and its answer, every other stage of its begin and its end. */
function StageNotifications({ builder, stage }: { readonly builder: PipelineBuilder; readonly stage: StageConfig }) {
  const { document, setDocument, problems } = builder;
  const judged = stage.type === 'manualJudgment';
  return (
    <NotificationList
      moments={judged ? judgmentMoments : stageMoments}
      notifications={(stage['notifications'] ?? []) as readonly Fields[]}
      error={problemAt(problems, stage.refId, 'notifications')}
      repeats={judged}
      onChange={(next) =>
        setDocument(
          mapStage(document, stage.refId, (one) => ({
            ...one,
            notifications: next.map((each) => ({ ...each, level: 'stage' })),
            sendNotifications: next.length > 0,
          })),
        )
      }
    />
  );
}
