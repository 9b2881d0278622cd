/** One line of the table: what was measured beside what was promised. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'MiB' | '/s' | '×';
  readonly promise?: { readonly atMost: number } | { readonly atLeast: number };
  /** What it was taken beside, or over what. */
  readonly note?: string;
}

export function kept({ value, promise }: Figure): boolean | null {
  if (promise === undefined) return null;
  return 'atMost' in promise ? value <= promise.atMost : value >= promise.atLeast;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * share) / 100) - 1)] ?? Number.NaN;
}

export function markdown(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { promise } = figure;
    const promised = promise === undefined ? '' : 'atMost' in promise ? `≤ ${promise.atMost}` : `≥ ${promise.atLeast}`;
    const verdict = { true: 'kept', false: '**missed**', null: '' }[String(kept(figure))];
    return `| ${figure.name} | ${shown(figure.value)} ${figure.unit} | ${promised} | ${verdict} | ${figure.note ?? ''} |`;
  });
  return ['| what | measured | promise | | beside |', '| --- | --: | --: | --- | --- |', ...rows].join('\n');
}

function shown(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
