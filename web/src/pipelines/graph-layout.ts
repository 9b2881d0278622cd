import { graphlib, layout } from '@dagrejs/dagre';

/** A stage as far as the picture depends on it. */
export interface GraphStage {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
}

export interface PlacedStage {
  readonly x: number;
  readonly y: number;
}

export const stageWidth = 212;
export const stageHeight = 60;

/** Edges between stages that are both there; a reference to nothing has none. */
export function edgesOf(stages: readonly GraphStage[]): readonly { readonly from: string; readonly to: string }[] {
  const known = new Set(stages.map((stage) => stage.refId));
  return stages.flatMap(({ refId, requisiteStageRefIds }) =>
    requisiteStageRefIds.filter((from) => known.has(from) && from !== refId).map((from) => ({ from, to: refId })),
  );
}

/**
 * What comes after stands to the right of what it comes after, or below it where there is no width. Pixels of each
 * stage's upper left corner.
 */
export function layoutStages(stages: readonly GraphStage[], downwards = false): ReadonlyMap<string, PlacedStage> {
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: downwards ? 'TB' : 'LR',
    nodesep: 24,
    ranksep: downwards ? 32 : 56,
    marginx: 8,
    marginy: 8,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { refId } of stages) graph.setNode(refId, { width: stageWidth, height: stageHeight });
  for (const { from, to } of edgesOf(stages)) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    stages.map(({ refId }) => {
      const { x, y } = graph.node(refId) as PlacedStage;
      return [refId, { x: x - stageWidth / 2, y: y - stageHeight / 2 }];
    }),
  );
}

const gapBeside = 56;
const gapBelow = 24;

/** To the right of a stage, below whatever stands there already. */
export function freePlace(places: ReadonlyMap<string, PlacedStage>, beside: PlacedStage): PlacedStage {
  const x = beside.x + stageWidth + gapBeside;
  let { y } = beside;
  const taken = [...places.values()].toSorted((one, other) => one.y - other.y);
  for (const place of taken) {
    const covers = Math.abs(place.x - x) < stageWidth && Math.abs(place.y - y) < stageHeight;
    if (covers) y = place.y + stageHeight + gapBelow;
  }
  return { x, y };
}

/** Whether `to` may come after `from` without the stages then waiting for each other in a circle. */
export function mayFollow(stages: readonly GraphStage[], from: string, to: string): boolean {
  const byId = new Map(stages.map((stage) => [stage.refId, stage]));
  const seen = new Set<string>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return false;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(byId.get(next)?.requisiteStageRefIds ?? []));
  }
  return true;
}
