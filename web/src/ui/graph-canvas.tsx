import { useMediaQuery } from '@mantine/hooks';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type ReactNode, useEffect, useMemo } from 'react';
import classes from './graph-canvas.module.css';
import { type GraphBox, type GraphLine, layoutGraph } from './graph-layout.ts';

export interface CanvasNode extends GraphBox {
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly content: ReactNode;
}

export interface CanvasEdge extends GraphLine {
  readonly label: string;
  /** What is said over the line; nothing without. */
  readonly text?: string | undefined;
  /** Drawn with dashes: it may be absent. */
  readonly soft?: boolean;
}

interface GraphCanvasProps {
  readonly label: string;
  readonly nodes: readonly CanvasNode[];
  readonly edges: readonly CanvasEdge[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  /** Lines that can be pressed. */
  readonly onEdge?: (id: string) => void;
  readonly tall?: boolean;
}

type Box = Node<{ readonly content: ReactNode; readonly downwards: boolean }, 'box'>;

const nodeTypes = { box: GraphNode };
const narrow = '(max-width: 700px)';
const roomAround = { padding: 0.1, maxZoom: 1 } as const;

/** Things and what points at what, laid out by itself. Tab walks the boxes, Enter opens one. */
export function GraphCanvas(props: GraphCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ label, nodes, edges, selected, onSelect, onEdge, tall = false }: GraphCanvasProps) {
  const { fitView } = useReactFlow();
  const downwards = useMediaQuery(narrow, false, { getInitialValueInEffect: false });
  const shape = JSON.stringify([
    nodes.map(({ id, width, height }) => [id, width, height]),
    edges.map(({ from, to }) => [from, to]),
  ]);
  // Places depend on the shape alone, so that a change of words moves nothing.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const places = useMemo(() => layoutGraph(nodes, edges, downwards), [shape, downwards]);
  useEffect(() => {
    void fitView(roomAround);
  }, [fitView, shape, downwards]);
  const boxes = nodes.map((node): Box => ({
    id: node.id,
    type: 'box',
    position: places.get(node.id) ?? { x: 0, y: 0 },
    width: node.width,
    height: node.height,
    selected: node.id === selected,
    data: { content: node.content, downwards },
    ariaLabel: node.label,
  }));
  const lines = edges.map((edge): Edge => ({
    id: edge.id,
    source: edge.from,
    target: edge.to,
    label: edge.text,
    ariaLabel: edge.label,
    className: edge.soft === true ? (classes['soft'] ?? '') : '',
    markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
  }));
  return (
    <div className={classes['canvas']} data-tall={tall || undefined} data-edges={onEdge !== undefined || undefined}>
      <ReactFlow<Box>
        nodes={boxes}
        edges={lines}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={roomAround}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={onEdge !== undefined}
        elementsSelectable
        zoomOnScroll={false}
        preventScrolling={false}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => onSelect(node.id)}
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen?.type === 'select') onSelect(chosen.id);
        }}
        onEdgeClick={(_event, edge) => onEdge?.(edge.id)}
        onPaneClick={() => onSelect(undefined)}
        aria-label={label}
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function GraphNode({ data: { content, downwards }, selected }: NodeProps<Box>) {
  return (
    <div className={classes['box']} data-selected={selected || undefined}>
      <Handle
        type="target"
        position={downwards ? Position.Top : Position.Left}
        isConnectable={false}
        className={classes['handle'] ?? ''}
      />
      {content}
      <Handle
        type="source"
        position={downwards ? Position.Bottom : Position.Right}
        isConnectable={false}
        className={classes['handle'] ?? ''}
      />
    </div>
  );
}
