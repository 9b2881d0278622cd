import { useState } from 'react';
import type { Entity } from '../../api/wire.ts';
import type { Picking } from '../../ui/data-table-picks.tsx';
import {
  allMarks,
  countMarked,
  isMarked,
  markOf,
  type Marks,
  noMarks,
  readMarks,
  withRange,
  writeMarks,
} from './marks.ts';

/** Longer ones do not fit into an address. */
const ADDRESS = 2_000;
/** So many may be named; more are meant by what the table is narrowed to. */
const MOST_NAMED = 1_000;

interface PickedInput {
  /** What the table shows: picked rows belong to it. */
  readonly scope: string;
  readonly text: string | undefined;
  readonly whole: number;
  readonly rowAt: (index: number) => Entity | undefined;
  readonly onText: (text: string) => void;
}

/** Rows somebody picked, in the address as far as they fit there. */
export function usePicked({ scope, text, whole, rowAt, onText }: PickedInput) {
  const [kept, setKept] = useState({ scope, marks: readMarks(text) });
  const [left, setLeft] = useState(0);
  const [anchor, setAnchor] = useState<number>();
  const marks = kept.scope === scope ? kept.marks : noMarks;
  const put = (next: Marks): void => {
    setLeft(0);
    setKept({ scope, marks: next });
    const written = writeMarks(next);
    onText(written.length > ADDRESS ? '' : written);
  };
  const count = countMarked(marks, whole);
  const pick = (index: number, { range }: { readonly range: boolean }): void => {
    const row = rowAt(index);
    if (row === undefined) return;
    const on = range ? true : !isMarked(marks, markOf(row.identifier));
    const from = range && anchor !== undefined ? anchor : index;
    const [low, high] = [Math.min(from, index), Math.max(from, index)];
    const markAt = (at: number): string | undefined => {
      const one = rowAt(at);
      return one === undefined ? undefined : markOf(one.identifier);
    };
    const { marks: next, left: over } = withRange(marks, { low, high, markAt, on, most: MOST_NAMED });
    setAnchor(index);
    put(next);
    setLeft(over);
  };
  const picking: Picking = {
    isPicked: (key) => isMarked(marks, markOf(key)),
    onPick: pick,
    whole: count === 0 ? 'none' : count >= whole ? 'all' : 'some',
    onWhole: () => put(count === 0 ? allMarks : noMarks),
  };
  return { marks, count, left, picking, all: () => put(allMarks), none: () => put(noMarks) };
}
