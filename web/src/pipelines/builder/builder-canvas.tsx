import { Button, Menu } from '@mantine/core';
import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { EmptyState } from '../../ui/states.tsx';
import { StageCanvas } from '../stage-canvas.tsx';
import { knownTypes, stageIcon } from '../stage-types.ts';
import classes from './builder.module.css';
import { addStage, follow, removeStages, unfollow } from './document-edits.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

const typesQuery = {
  queryKey: ['stage-types'],
  queryFn: async () => (await get<{ stageTypes: readonly string[] }>('/api/v1/stage-types')).stageTypes,
  staleTime: Number.POSITIVE_INFINITY,
} as const;

interface BuilderCanvasProps {
  readonly builder: PipelineBuilder;
  readonly selected: string | undefined;
  readonly onSelect: (refId: string | undefined) => void;
}

/** The picture, to be drawn in: stages are added beside it, lines are pulled from one to another. */
export function BuilderCanvas({ builder, selected, onSelect }: BuilderCanvasProps) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const add = (type: string): void => {
    const added = addStage(document, {
      type,
      name: t(`type.${type}.name`, { defaultValue: type }),
      after: selected,
    });
    setDocument(added.document);
    onSelect(added.refId);
  };
  const after = document.stages.find(({ refId }) => refId === selected)?.name;
  return (
    <div className={classes['drawing']}>
      <div className={classes['tools']}>
        <AddStage onAdd={add} after={after} />
        <small>{t('builder.drawHelp')}</small>
      </div>
      {document.stages.length === 0 ? (
        <EmptyState icon={IconRoute} title={t('builder.noStages')}>
          {t('builder.noStagesHelp')}
        </EmptyState>
      ) : (
        <StageCanvas
          stages={document.stages.map((stage) => ({
            ...stage,
            problem: problems.find((problem) => problem.refId === stage.refId)?.message,
          }))}
          selected={selected}
          onSelect={onSelect}
          edit={{
            onFollow: (from, to) => setDocument(follow(document, from, to)),
            onUnfollow: (from, to) => setDocument(unfollow(document, from, to)),
            onRemove: (refIds) => {
              setDocument(removeStages(document, refIds));
              onSelect(undefined);
            },
          }}
        />
      )}
    </div>
  );
}

interface AddStageProps {
  readonly onAdd: (type: string) => void;
  /** Name of the stage that it comes after; after all others when none is chosen. */
  readonly after: string | undefined;
}

function AddStage({ onAdd, after }: AddStageProps) {
  const { t } = useTranslation('pipelines');
  const { data: offered = [] } = useQuery(typesQuery);
  const types = [
    ...knownTypes.filter((type) => offered.includes(type)),
    ...offered.filter((type) => !(knownTypes as readonly string[]).includes(type)),
  ];
  return (
    <Menu position="bottom-start" width={340}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} />} variant="light">
          {after === undefined ? t('builder.add') : t('builder.addAfter', { stage: after })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {types.map((type) => {
          const Mark = stageIcon(type);
          return (
            <Menu.Item key={type} leftSection={<Mark size={18} stroke={1.6} />} onClick={() => onAdd(type)}>
              <span className={classes['type']}>
                <strong>{t(`type.${type}.name`, { defaultValue: type })}</strong>
                <small>{t(`type.${type}.help`, { defaultValue: '' })}</small>
              </span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
