/**
 * The state machine of an execution, apart from everything that stores or performs it: given the graph and where its
 * stages stand, what may begin and how it ends.
 */
export type StageStatus =
  | 'NOT_STARTED'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'SKIPPED'
  | 'FAILED_CONTINUE'
  | 'TERMINAL'
  | 'STOPPED'
  | 'CANCELED';

export type ExecutionStatus = 'NOT_STARTED' | 'RUNNING' | 'PAUSED' | EndedStatus;
export type EndedStatus = 'SUCCEEDED' | 'TERMINAL' | 'CANCELED';

export const executionStatuses: readonly ExecutionStatus[] = [
  'NOT_STARTED',
  'RUNNING',
  'PAUSED',
  'SUCCEEDED',
  'TERMINAL',
  'CANCELED',
];

/** A stage as far as the order of things depends on it. */
export interface StageNode {
  readonly refId: string;
  readonly requisites: readonly string[];
  /** When it stops its branch: the others end first, then the execution fails. */
  readonly failsAtEnd: boolean;
}

export type Standing = (refId: string) => StageStatus;

const passing: ReadonlySet<StageStatus> = new Set(['SUCCEEDED', 'SKIPPED', 'FAILED_CONTINUE']);
const halting: ReadonlySet<StageStatus> = new Set(['TERMINAL', 'STOPPED', 'CANCELED']);

/** Lets the stages after it go on. */
export function hasPassed(status: StageStatus): boolean {
  return passing.has(status);
}

export function isComplete(status: StageStatus): boolean {
  return passing.has(status) || halting.has(status);
}

export function isEnded(status: ExecutionStatus): status is EndedStatus {
  return status === 'SUCCEEDED' || status === 'TERMINAL' || status === 'CANCELED';
}

/** Stages that may begin now: everything they come after has passed. In the order of the document. */
export function startableStages(nodes: readonly StageNode[], statusOf: Standing): readonly string[] {
  return nodes
    .filter(({ refId, requisites }) => statusOf(refId) === 'NOT_STARTED' && requisites.every((ref) => passes(ref)))
    .map(({ refId }) => refId);
  function passes(refId: string): boolean {
    return hasPassed(statusOf(refId));
  }
}

/** How the execution ends, or null while something of it is under way or may begin. */
export function executionOutcome(nodes: readonly StageNode[], statusOf: Standing): EndedStatus | null {
  const statuses = nodes.map(({ refId }) => statusOf(refId));
  if (statuses.every((status) => hasPassed(status))) return 'SUCCEEDED';
  if (statuses.includes('TERMINAL')) return 'TERMINAL';
  if (statuses.includes('CANCELED')) return 'CANCELED';
  if (statuses.includes('RUNNING') || startableStages(nodes, statusOf).length > 0) return null;
  // What is left stands behind a branch that stopped.
  const failed = nodes.some(({ refId, failsAtEnd }) => failsAtEnd && statusOf(refId) === 'STOPPED');
  return failed ? 'TERMINAL' : 'SUCCEEDED';
}

/** The stage itself and everything that comes after it, in the order of the document. */
export function stageAndAfter(nodes: readonly StageNode[], refId: string): readonly string[] {
  const found = new Set([refId]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const node of nodes) if (node.requisites.some((ref) => found.has(ref))) found.add(node.refId);
  }
  return nodes.filter((node) => found.has(node.refId)).map((node) => node.refId);
}

/** Everything that comes before the stage. */
export function stagesBefore(nodes: readonly StageNode[], refId: string): ReadonlySet<string> {
  const byRef = new Map(nodes.map((node) => [node.refId, node]));
  const found = new Set<string>();
  const queue = [...(byRef.get(refId)?.requisites ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(byRef.get(next)?.requisites ?? []));
  }
  return found;
}

/** One circle of stages that wait for each other, or null. */
export function findCircle(nodes: readonly StageNode[]): readonly string[] | null {
  const left = new Map(nodes.map((node) => [node.refId, new Set(node.requisites)]));
  for (let removed = true; removed;) {
    removed = false;
    for (const [refId, requisites] of left) {
      if ([...requisites].some((ref) => left.has(ref))) continue;
      left.delete(refId);
      removed = true;
    }
  }
  const first = [...left.keys()][0];
  if (first === undefined) return null;
  const path: string[] = [];
  for (let at = first; !path.includes(at);) {
    path.push(at);
    at = [...(left.get(at) ?? [])].find((ref) => left.has(ref)) ?? at;
    if (path.includes(at)) return path.slice(path.indexOf(at));
  }
  return path;
}
