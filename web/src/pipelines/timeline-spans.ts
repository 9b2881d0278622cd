interface Timed {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface Span<Stage> {
  readonly stage: Stage;
  /** Percent of the whole, from its begin. */
  readonly left: number;
  readonly width: number;
  readonly milliseconds: number;
}

/** Narrower than this nobody sees it. */
const leastWidth = 0.5;

/** Where each stage that began stands between the first begin and the last end; what runs reaches to now. */
export function spansOf<Stage extends Timed>(stages: readonly Stage[], now: number): readonly Span<Stage>[] {
  const begun = stages.flatMap((stage) => {
    if (stage.startedAt === null) return [];
    const from = Date.parse(stage.startedAt);
    // Clocks of server and browser differ a little.
    const to = Math.max(from, stage.endedAt === null ? now : Date.parse(stage.endedAt));
    return [{ stage, from, to }];
  });
  const first = Math.min(...begun.map(({ from }) => from));
  const whole = Math.max(1, ...begun.map(({ to }) => to - first));
  return begun
    .toSorted((one, other) => one.from - other.from || one.to - other.to)
    .map(({ stage, from, to }) => {
      const width = Math.max(leastWidth, ((to - from) / whole) * 100);
      const left = Math.min(((from - first) / whole) * 100, 100 - width);
      return { stage, left, width, milliseconds: to - from };
    });
}
