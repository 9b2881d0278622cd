import { Tooltip, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import {
  Background,
  Controls,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { statusLooks } from './execution-badge.tsx';
import { edgesOf, layoutStages, mayFollow, stageHeight, stageWidth } from './graph-layout.ts';
import classes from './stage-canvas.module.css';
import { stageIcon } from './stage-types.ts';
import type { StageStatus } from './wire.ts';

export interface CanvasStage {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly name: string;
  readonly type: string;
  readonly status?: StageStatus;
  /** It runs, and somebody has to decide. */
  readonly awaiting?: boolean;
  /** What is wrong with it, in the builder. */
  readonly problem?: string | undefined;
}

interface CanvasProps {
  readonly stages: readonly CanvasStage[];
  readonly selected: string | undefined;
  readonly onSelect: (refId: string | undefined) => void;
  /** The builder: lines can be drawn and taken away, stages removed. */
  readonly edit?: {
    readonly onFollow: (from: string, to: string) => void;
    readonly onUnfollow: (from: string, to: string) => void;
    readonly onRemove: (refIds: readonly string[]) => void;
  };
}

type StageNode = Node<
  { readonly stage: CanvasStage; readonly editable: boolean; readonly downwards: boolean },
  'stage'
>;

const nodeTypes = { stage: StageBox };
const narrow = '(max-width: 700px)';
const readable = 0.55;
const roomAround = { padding: 0.12, maxZoom: 1 } as const;

/** A pipeline as a picture, left to right. Tab walks its stages, Enter opens one; arrows follow in the builder. */
export function StageCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ stages, selected, onSelect, edit }: CanvasProps) {
  const { t } = useTranslation('pipelines');
  const { fitView, getZoom, setCenter } = useReactFlow();
  const downwards = useMediaQuery(narrow, false, { getInitialValueInEffect: false });
  const shape = stages.map((stage) => `${stage.refId}<${stage.requisiteStageRefIds.join()}`).join(' ');
  // Places depend on the shape alone, so that a change of status or name moves nothing.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const places = useMemo(() => layoutStages(stages, downwards), [shape, downwards]);
  useEffect(() => {
    void fitView(roomAround).then(() => {
      const place = selected === undefined ? undefined : places.get(selected);
      // The whole of a large pipeline cannot be read: its most interesting part is shown instead.
      if (place === undefined || getZoom() >= readable) return undefined;
      return setCenter(place.x + stageWidth / 2, place.y + stageHeight / 2, { zoom: readable });
    });
    // Choosing another stage moves nothing under the pointer.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [fitView, shape, downwards]);
  const nodes = stages.map((stage): StageNode => ({
    id: stage.refId,
    type: 'stage',
    position: places.get(stage.refId) ?? { x: 0, y: 0 },
    width: stageWidth,
    height: stageHeight,
    selected: stage.refId === selected,
    data: { stage, editable: edit !== undefined, downwards },
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
  return (
    <div className={classes['canvas']} data-editable={edit !== undefined || undefined}>
      <ReactFlow<StageNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={roomAround}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={edit !== undefined}
        edgesFocusable={edit !== undefined}
        elementsSelectable
        zoomOnScroll={false}
        preventScrolling={false}
        deleteKeyCode={edit === undefined ? null : ['Delete', 'Backspace']}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => onSelect(node.id)}
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen?.type === 'select') onSelect(chosen.id);
        }}
        onPaneClick={() => onSelect(undefined)}
        isValidConnection={({ source, target }) => mayFollow(stages, source, target)}
        {...(edit === undefined
          ? {}
          : {
              onConnect: ({ source, target }) => edit.onFollow(source, target),
              onEdgesDelete: (gone) => {
                for (const { source, target } of gone) edit.onUnfollow(source, target);
              },
              onNodesDelete: (gone) => edit.onRemove(gone.map(({ id }) => id)),
            })}
        aria-label={t('graph.label')}
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

const labelOf = ({ name, problem }: CanvasStage): string => (problem === undefined ? name : `${name}: ${problem}`);
const nameOf = (stages: readonly CanvasStage[], refId: string): string =>
  stages.find((stage) => stage.refId === refId)?.name ?? refId;
const isPassed = (status: StageStatus | undefined): boolean =>
  status === 'SUCCEEDED' || status === 'SKIPPED' || status === 'FAILED_CONTINUE';

function StageBox({ data: { stage, editable, downwards }, selected }: NodeProps<StageNode>) {
  const { t } = useTranslation('pipelines');
  const shown = stage.awaiting === true ? 'AWAITING' : stage.status;
  const look = shown === undefined ? undefined : statusLooks[shown];
  const TypeIcon = stageIcon(stage.type);
  const typeName = t(`type.${stage.type}.name`, { defaultValue: stage.type });
  return (
    <div
      className={classes['stage']}
      data-tone={look?.tone}
      data-selected={selected || undefined}
      data-running={shown === 'RUNNING' || undefined}
      data-problem={stage.problem !== undefined || undefined}
    >
      <Handle
        type="target"
        position={downwards ? Position.Top : Position.Left}
        isConnectable={editable}
        className={classes['handle'] ?? ''}
      />
      <span className={classes['icon']} aria-hidden>
        <TypeIcon size={18} stroke={1.6} />
      </span>
      <span className={classes['words']}>
        <strong>{stage.name}</strong>
        <small>{look === undefined ? typeName : t(`status.${shown ?? ''}`)}</small>
      </span>
      {look !== undefined && <look.icon size={16} stroke={2} aria-hidden className={classes['mark']} />}
      {stage.problem !== undefined && (
        <Tooltip label={stage.problem} multiline maw={320}>
          <span className={classes['mark']}>
            <IconAlertTriangle size={16} aria-hidden />
            <VisuallyHidden>{stage.problem}</VisuallyHidden>
          </span>
        </Tooltip>
      )}
      <Handle
        type="source"
        position={downwards ? Position.Bottom : Position.Right}
        isConnectable={editable}
        className={classes['handle'] ?? ''}
      />
    </div>
  );
}
