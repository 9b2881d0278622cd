import { graphlib, layout } from '@dagrejs/dagre';

/** A box of a graph; pixels. */
export interface GraphBox {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface GraphLine {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface Corner {
  readonly x: number;
  readonly y: number;
}

/** Where each box stands, by its upper left corner: what is pointed at is to the right, or below. */
export function layoutGraph(
  boxes: readonly GraphBox[],
  lines: readonly GraphLine[],
  downwards = false,
): ReadonlyMap<string, Corner> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: downwards ? 'TB' : 'LR',
    nodesep: 20,
    ranksep: downwards ? 48 : 96,
    marginx: 8,
    marginy: 8,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(boxes.map(({ id }) => id));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { id, from, to } of lines) {
    if (known.has(from) && known.has(to) && from !== to) graph.setEdge(from, to, {}, id);
  }
  layout(graph);
  return new Map(
    boxes.map(({ id, width, height }) => {
      const { x, y } = graph.node(id) as Corner;
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
