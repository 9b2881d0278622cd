import { useEffect, useRef, useState } from 'react';
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
  /** The rows of a stretch, also of those that are not in sight. */
  readonly load: (low: number, high: number) => Promise<(index: number) => Entity | undefined>;
  /** Whether a heading stands there instead of a row. */
  readonly isHead: (index: number) => boolean;
  readonly onText: (text: string) => void;
}

/** Rows somebody picked, in the address as far as they fit there. */
export function usePicked({ scope, text, whole, rowAt, load, isHead, onText }: PickedInput) {
  const [kept, setKept] = useState({ scope, marks: readMarks(text) });
  const [left, setLeft] = useState(0);
  const [anchor, setAnchor] = useState<number>();
  const marks = kept.scope === scope ? kept.marks : noMarks;
  // What is picked when rows come that somebody waited for.
  const latest = useRef({ scope, marks });
  useEffect(() => {
    latest.current = { scope, marks };
  });
  const put = (next: Marks): void => {
    setLeft(0);
    setKept({ scope, marks: next });
    const written = writeMarks(next);
    onText(written.length > ADDRESS ? '' : written);
  };
  const count = countMarked(marks, whole);
  const take = (base: Marks, stretch: Stretch, from: typeof rowAt): void => {
    const markAt = (at: number): string | null | undefined => {
      const one = from(at);
      return one !== undefined ? markOf(one.identifier) : isHead(at) ? null : undefined;
    };
    const { marks: next, left: over } = withRange(base, { ...stretch, markAt, most: MOST_NAMED });
    put(next);
    setLeft(over);
  };
  const pick = (index: number, { range }: { readonly range: boolean }): void => {
    const row = rowAt(index);
    if (row === undefined) return;
    const on = range ? true : !isMarked(marks, markOf(row.identifier));
    const from = range && anchor !== undefined ? anchor : index;
    const stretch = { low: Math.min(from, index), high: Math.max(from, index), on };
    setAnchor(index);
    take(marks, stretch, rowAt);
    if (isWhole(stretch, (at) => rowAt(at) !== undefined || isHead(at))) return;
    setLeft(0);
    // More than may be named are not asked for.
    const last = Math.min(stretch.high, stretch.low + MOST_NAMED - 1);
    load(stretch.low, last).then(
      (rows) => {
        if (latest.current.scope === scope) take(latest.current.marks, stretch, (at) => rows(at) ?? rowAt(at));
      },
      () => take(latest.current.marks, stretch, rowAt),
    );
  };
  const picking: Picking = {
    isPicked: (key) => isMarked(marks, markOf(key)),
    onPick: pick,
    whole: count === 0 ? 'none' : count >= whole ? 'all' : 'some',
    onWhole: () => put(count === 0 ? allMarks : noMarks),
  };
  return { marks, count, left, picking, all: () => put(allMarks), none: () => put(noMarks) };
}

interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly on: boolean;
}

function isWhole({ low, high }: Stretch, isHere: (index: number) => boolean): boolean {
  for (let at = low; at <= high; at += 1) if (!isHere(at)) return false;
  return true;
}
