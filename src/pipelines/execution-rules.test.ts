import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  executionOutcome,
  findCircle,
  hasPassed,
  isComplete,
  type StageNode,
  stageAndAfter,
  stagesBefore,
  startableStages,
  type StageStatus,
} from './execution-rules.ts';

/** Graphs in which a stage only comes after earlier ones: every graph without circles has such an order. */
const graphs: fc.Arbitrary<readonly StageNode[]> = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, at) =>
      fc.record({
        refId: fc.constant(`s${at}`),
        requisites: fc.subarray(Array.from({ length: at }, (__, before) => `s${before}`)),
        failsAtEnd: fc.boolean(),
      }),
    ),
  ),
);

/** What becomes of a running stage, and what somebody outside does. */
const moves = fc.array(
  fc.oneof(
    fc.record({
      move: fc.constant('end' as const),
      at: fc.nat(20),
      status: fc.constantFrom<StageStatus>(
        'SUCCEEDED',
        'SKIPPED',
        'FAILED_CONTINUE',
        'TERMINAL',
        'STOPPED',
        'CANCELED',
      ),
    }),
    fc.record({ move: fc.constant('crash' as const), at: fc.nat(20) }),
    fc.record({ move: fc.constant('restart' as const), at: fc.nat(20) }),
    fc.record({ move: fc.constant('cancel' as const), at: fc.nat(20) }),
  ),
  { maxLength: 40 },
);

/** An execution in memory: what the database holds, and how often each attempt of a stage began. */
class Model {
  readonly nodes: readonly StageNode[];
  readonly stages: Map<string, { status: StageStatus; attempt: number }>;
  ended: string | null = null;
  joinsWaited = true;
  readonly begun = new Map<string, number>();

  constructor(nodes: readonly StageNode[]) {
    this.nodes = nodes;
    this.stages = new Map(nodes.map(({ refId }) => [refId, { status: 'NOT_STARTED', attempt: 1 }]));
  }

  status = (refId: string): StageStatus => this.stages.get(refId)?.status ?? 'NOT_STARTED';

  set(refId: string, status: StageStatus): void {
    const stage = this.stages.get(refId);
    if (stage !== undefined) stage.status = status;
  }

  running(): string[] {
    return this.nodes.map(({ refId }) => refId).filter((refId) => this.status(refId) === 'RUNNING');
  }

  /** One round of the engine; a crash in it leaves what was before, so that `keep` decides whether it happened. */
  advance(keep: boolean): void {
    if (this.ended !== null || !keep) return;
    const outcome = executionOutcome(this.nodes, this.status);
    if (outcome !== null) {
      for (const refId of this.running()) this.set(refId, 'CANCELED');
      this.ended = outcome;
      return;
    }
    for (const refId of startableStages(this.nodes, this.status)) {
      const { requisites = [] } = this.nodes.find((node) => node.refId === refId) ?? {};
      this.joinsWaited &&= requisites.every((requisite) => hasPassed(this.status(requisite)));
      const key = `${refId}/${this.stages.get(refId)?.attempt}`;
      this.begun.set(key, (this.begun.get(key) ?? 0) + 1);
      this.set(refId, 'RUNNING');
    }
  }

  move({ move, at, status = 'SUCCEEDED' }: { move: string; at: number; status?: StageStatus }): void {
    const running = this.running();
    const refId = running[at % Math.max(1, running.length)];
    if (move === 'end' && refId !== undefined) this.set(refId, status);
    if (move === 'crash') this.advance(false);
    if (move === 'restart') this.restart(this.nodes[at % this.nodes.length]?.refId ?? '');
    if (move !== 'cancel' || this.ended !== null) return;
    for (const ref of running) this.set(ref, 'CANCELED');
    this.ended = 'CANCELED';
  }

  restart(refId: string): void {
    if (!isComplete(this.status(refId))) return;
    const roots = [
      refId,
      ...this.nodes.map((node) => node.refId).filter((ref) => ['TERMINAL', 'CANCELED'].includes(this.status(ref))),
    ];
    for (const ref of new Set(roots.flatMap((root) => stageAndAfter(this.nodes, root)))) {
      const stage = this.stages.get(ref);
      if (stage !== undefined) this.stages.set(ref, { status: 'NOT_STARTED', attempt: stage.attempt + 1 });
    }
    this.ended = null;
  }
}

describe('an execution', () => {
  it('ends or waits on something that runs, joins wait, and no attempt of a stage runs twice', () => {
    fc.assert(
      fc.property(graphs, moves, (nodes, all) => {
        const model = new Model(nodes);
        model.advance(true);
        for (const each of all) {
          model.move(each);
          model.advance(true);
          if (model.ended === null && model.running().length === 0) model.advance(true);
          expect(model.joinsWaited).toBe(true);
          expect(model.ended !== null || model.running().length > 0).toBe(true);
          expect([...model.begun.values()].every((times) => times === 1)).toBe(true);
          if (model.ended !== null) expect(model.running()).toEqual([]);
        }
        // Left alone, everything that runs succeeds one day, and then it has ended.
        for (let rounds = 0; rounds <= nodes.length && model.ended === null; rounds += 1) {
          for (const refId of model.running()) model.set(refId, 'SUCCEEDED');
          model.advance(true);
        }
        expect(model.ended).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('ends as its worst stage says, in the order of the rules', () => {
    const nodes = ['a', 'b', 'c'].map((refId) => ({ refId, requisites: [], failsAtEnd: false }));
    const outcome = (...statuses: StageStatus[]) =>
      executionOutcome(nodes, (refId) => statuses[nodes.findIndex((node) => node.refId === refId)] ?? 'NOT_STARTED');
    expect(outcome('SUCCEEDED', 'SKIPPED', 'FAILED_CONTINUE')).toBe('SUCCEEDED');
    expect(outcome('TERMINAL', 'CANCELED', 'RUNNING')).toBe('TERMINAL');
    expect(outcome('CANCELED', 'RUNNING', 'STOPPED')).toBe('CANCELED');
    expect(outcome('STOPPED', 'RUNNING', 'SUCCEEDED')).toBeNull();
    expect(outcome('STOPPED', 'SUCCEEDED', 'SKIPPED')).toBe('SUCCEEDED');
  });
});

describe('a graph', () => {
  it('without circles has none, and one with a circle names it', () => {
    fc.assert(
      fc.property(graphs, fc.nat(20), fc.nat(20), (nodes, from, to) => {
        expect(findCircle(nodes)).toBeNull();
        const first = nodes[from % nodes.length]?.refId ?? '';
        const second = nodes[to % nodes.length]?.refId ?? '';
        const bent = nodes.map((node) =>
          node.refId === first ? { ...node, requisites: [...new Set([...node.requisites, second])] } : node,
        );
        const closes = first === second || stagesBefore(nodes, second).has(first);
        const circle = findCircle(bent);
        expect(circle !== null).toBe(closes);
        for (const [at, refId] of (circle ?? []).entries()) {
          const next = circle?.[(at + 1) % circle.length] ?? '';
          expect(bent.find((node) => node.refId === refId)?.requisites).toContain(next);
        }
      }),
    );
  });

  it('what comes after a stage is what it comes before', () => {
    fc.assert(
      fc.property(graphs, fc.nat(20), (nodes, at) => {
        const refId = nodes[at % nodes.length]?.refId ?? '';
        const after = nodes
          .map((node) => node.refId)
          .filter((ref) => ref === refId || stagesBefore(nodes, ref).has(refId));
        expect(stageAndAfter(nodes, refId)).toEqual(after);
      }),
    );
  });
});
