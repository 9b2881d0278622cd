import { IconRoute } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/states.tsx';
import { StageCanvas } from '../stage-canvas.tsx';
import { AddStage } from './add-stage.tsx';
import classes from './builder.module.css';
import { CanvasTools } from './canvas-tools.tsx';
import {
  addStage,
  arrange,
  copyStage,
  follow,
  moveStages,
  placesOf,
  removeStages,
  unfollow,
} from './document-edits.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

interface BuilderCanvasProps {
  readonly builder: PipelineBuilder;
  readonly selected: string | undefined;
  readonly onSelect: (refId: string | undefined) => void;
}

/** The picture, to be drawn in: stages are added and moved, lines are pulled from one to another. */
export function BuilderCanvas({ builder, selected, onSelect }: BuilderCanvasProps) {
  const { t } = useTranslation('pipelines');
  const { document, setDocument, problems } = builder;
  const [adding, setAdding] = useState(false);
  const [connecting, setConnecting] = useState<string>();
  const edits = useStageEdits(builder, selected, onSelect);
  const choose = (refId: string | undefined): void => {
    if (connecting !== undefined && refId !== undefined && refId !== connecting)
      setDocument(follow(document, connecting, refId));
    setConnecting(undefined);
    onSelect(refId);
  };
  const connect = selected === undefined ? undefined : (): void => setConnecting(selected);
  const after = document.stages.find(({ refId }) => refId === selected)?.name;
  return (
    // Keys of the picture; every one of them is a button of the toolbar as well.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={classes['drawing']}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && connecting !== undefined) {
          event.preventDefault();
          setConnecting(undefined);
        }
        onStageKey(event, { a: () => setAdding(true), c: connect, d: edits.copy });
      }}
    >
      <div className={classes['tools']}>
        <AddStage opened={adding} onOpened={setAdding} onAdd={edits.add} after={after} />
        <CanvasTools
          connecting={connecting !== undefined}
          onConnect={connecting === undefined ? connect : () => setConnecting(undefined)}
          onCopy={edits.copy}
          onRemove={edits.remove}
          onUndo={builder.undo}
          onRedo={builder.redo}
          onArrange={placesOf(document).size === 0 ? undefined : () => setDocument(arrange(document))}
        />
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
          onSelect={choose}
          places={placesOf(document)}
          edit={{
            connecting,
            onFollow: (from, to) => setDocument(follow(document, from, to)),
            onUnfollow: (from, to) => setDocument(unfollow(document, from, to)),
            onMove: (moves) => setDocument(moveStages(document, moves)),
            onRemove: (refIds) => {
              setDocument(removeStages(document, refIds));
              onSelect(undefined);
            },
          }}
        />
      )}
      <p className={classes['hint']} role="status">
        {connecting === undefined
          ? t('builder.drawHelp')
          : t('tools.connecting', { stage: document.stages.find(({ refId }) => refId === connecting)?.name })}
      </p>
    </div>
  );
}

function useStageEdits(
  { document, setDocument }: PipelineBuilder,
  selected: string | undefined,
  onSelect: (refId: string | undefined) => void,
) {
  const { t } = useTranslation('pipelines');
  const stage = document.stages.find(({ refId }) => refId === selected);
  return {
    add: (type: string, given?: string): void => {
      const name = given ?? t(`type.${type}.name`, { defaultValue: type });
      const added = addStage(document, { type, name, after: selected });
      setDocument(added.document);
      onSelect(added.refId);
    },
    copy:
      stage === undefined
        ? undefined
        : (): void => {
            const copied = copyStage(document, stage.refId, stage.name);
            setDocument(copied.document);
            onSelect(copied.refId);
          },
    remove:
      stage === undefined
        ? undefined
        : (): void => {
            setDocument(removeStages(document, [stage.refId]));
            onSelect(undefined);
          },
  };
}

/** A letter that is pressed on a stage of the picture. */
function onStageKey(event: KeyboardEvent, does: Readonly<Record<string, (() => void) | undefined>>): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (!(event.target instanceof Element) || event.target.closest('.react-flow') === null) return;
  const act = does[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}
