import { useMediaQuery } from '@mantine/hooks';
import {
  Background,
  Controls,
  type NodeChange,
  ReactFlow,
  type ReactFlowProps,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { edgesOf, layoutStages, mayFollow, type PlacedStage, stageHeight, stageWidth } from './graph-layout.ts';
import { type CanvasStage, StageBox, type StageNode } from './stage-box.tsx';
import classes from './stage-canvas.module.css';
import type { StageStatus } from './wire.ts';

interface CanvasEdit {
  readonly onFollow: (from: string, to: string) => void;
  readonly onUnfollow: (from: string, to: string) => void;
  readonly onRemove: (refIds: readonly string[]) => void;
  readonly onMove: (moves: ReadonlyMap<string, PlacedStage>) => void;
  /** The stage that the next chosen one comes after. */
  readonly connecting: string | undefined;
}

interface CanvasProps {
  readonly stages: readonly CanvasStage[];
  readonly selected: string | undefined;
  readonly onSelect: (refId: string | undefined) => void;
  /** Where people put stages; the others find their place by themselves. */
  readonly places?: Places | undefined;
  /** The builder: stages are moved and removed, lines drawn and taken away. */
  readonly edit?: CanvasEdit;
}

type Places = ReadonlyMap<string, PlacedStage>;

const nodeTypes = { stage: StageBox };
const narrow = '(max-width: 700px)';
const readable = 0.7;
const roomAround = { padding: 0.12, maxZoom: 1 } as const;
const nowhere: Places = new Map();

/** A pipeline as a picture, left to right. Tab walks its stages, Enter opens one; arrows move it in the builder. */
export function StageCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ stages, selected, onSelect, places: put = nowhere, edit }: CanvasProps) {
  const { t } = useTranslation('pipelines');
  const downwards = useMediaQuery(narrow, false, { getInitialValueInEffect: false });
  const places = usePlaces(stages, put, downwards);
  const [moving, setMoving] = useState<Places>(nowhere);
  useView(stages, { selected, places, downwards, arranged: put.size === 0 });
  const nodes = stages.map((stage): StageNode => ({
    id: stage.refId,
    type: 'stage',
    position: moving.get(stage.refId) ?? places.get(stage.refId) ?? { x: 0, y: 0 },
    width: stageWidth,
    height: stageHeight,
    selected: stage.refId === selected,
    data: { stage, editable: edit !== undefined, downwards, dimmed: isDimmed(stages, stage, edit) },
    ariaLabel: labelOf(stage),
  }));
  const over = new Map(stages.map(({ refId, status }) => [refId, status]));
  const edges = edgesOf(stages).map(({ from, to }) => ({
    id: `${from}>${to}`,
    source: from,
    target: to,
    className: isPassed(over.get(from)) ? (classes['passed'] ?? '') : '',
    ariaLabel: t('graph.edge', { from: nameOf(stages, from), to: nameOf(stages, to) }),
  }));
  const onNodesChange = (changes: readonly NodeChange<StageNode>[]): void => {
    const chosen = changes.find((change) => change.type === 'select' && change.selected);
    if (chosen?.type === 'select') onSelect(chosen.id);
    const moves = movesOf(changes);
    if (moves.size === 0) return;
    const ended = changes.every((change) => change.type !== 'position' || change.dragging !== true);
    setMoving(ended ? nowhere : moves);
    if (ended) edit?.onMove(moves);
  };
  return (
    <div
      className={classes['canvas']}
      data-editable={edit !== undefined || undefined}
      data-connecting={edit?.connecting !== undefined || undefined}
    >
      <ReactFlow<StageNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={roomAround}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={edit !== undefined && !downwards}
        nodesConnectable={edit !== undefined}
        edgesFocusable={edit !== undefined}
        elementsSelectable
        selectNodesOnDrag={false}
        zoomOnScroll={false}
        preventScrolling={false}
        deleteKeyCode={edit === undefined ? null : ['Delete', 'Backspace']}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => onSelect(node.id)}
        onNodesChange={onNodesChange}
        onPaneClick={() => onSelect(undefined)}
        isValidConnection={({ source, target }) => mayFollow(stages, source, target)}
        {...(edit === undefined ? {} : editing(edit))}
        aria-label={t('graph.label')}
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** Depend on the shape alone, so that a change of status or name moves nothing. */
function usePlaces(stages: readonly CanvasStage[], put: Places, downwards: boolean): Places {
  const shape = shapeOf(stages);
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const found = useMemo(() => layoutStages(stages, downwards), [shape, downwards]);
  // From top to bottom is for narrow pages; what was arranged from left to right does not fit there.
  return downwards || put.size === 0 ? found : new Map([...found, ...put]);
}

interface View {
  readonly selected: string | undefined;
  readonly places: Places;
  readonly downwards: boolean;
  readonly arranged: boolean;
}

/** Shows the whole picture whenever it becomes another one; what is chosen or moved leaves the view alone. */
function useView(stages: readonly CanvasStage[], { selected, places, downwards, arranged }: View): void {
  const { fitView, getZoom, setCenter } = useReactFlow();
  // A form that opens beside the picture takes some of its room.
  const width = useStore((state) => state.width);
  const shape = shapeOf(stages);
  const shown = useRef('');
  useEffect(() => {
    const picture = `${shape} ${downwards} ${width}`;
    // The first stage that is moved by hand is no reason to move the others.
    if (shown.current === picture && !arranged) return;
    shown.current = picture;
    void fitView(roomAround).then(() => {
      const place = selected === undefined ? undefined : places.get(selected);
      // The whole of a large pipeline cannot be read: its most interesting part is shown instead.
      if (place === undefined || getZoom() >= readable) return undefined;
      return setCenter(place.x + stageWidth / 2, place.y + stageHeight / 2, { zoom: readable });
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [fitView, shape, downwards, width, arranged]);
}

const shapeOf = (stages: readonly CanvasStage[]): string =>
  stages.map((stage) => `${stage.refId}<${stage.requisiteStageRefIds.join()}`).join(' ');

type Editing = Pick<ReactFlowProps<StageNode>, 'onConnect' | 'onEdgesDelete' | 'onNodesDelete'>;

const editing = (edit: CanvasEdit): Editing => ({
  onConnect: ({ source, target }) => edit.onFollow(source, target),
  onEdgesDelete: (gone) => {
    for (const { source, target } of gone) edit.onUnfollow(source, target);
  },
  onNodesDelete: (gone) => edit.onRemove(gone.map(({ id }) => id)),
});

function movesOf(changes: readonly NodeChange<StageNode>[]): Places {
  return new Map(
    changes.flatMap((change): [string, PlacedStage][] =>
      change.type === 'position' && change.position !== undefined ? [[change.id, change.position]] : [],
    ),
  );
}

function isDimmed(stages: readonly CanvasStage[], stage: CanvasStage, edit: CanvasEdit | undefined): boolean {
  const from = edit?.connecting;
  return from !== undefined && from !== stage.refId && !mayFollow(stages, from, stage.refId);
}

const labelOf = ({ name, problem }: CanvasStage): string => (problem === undefined ? name : `${name}: ${problem}`);
const nameOf = (stages: readonly CanvasStage[], refId: string): string =>
  stages.find((stage) => stage.refId === refId)?.name ?? refId;
const isPassed = (status: StageStatus | undefined): boolean =>
  status === 'SUCCEEDED' || status === 'SKIPPED' || status === 'FAILED_CONTINUE';
