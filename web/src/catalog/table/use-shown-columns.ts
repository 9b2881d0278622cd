import { useCallback, useMemo } from 'react';
import type { Blueprint, Scorecard } from '../../api/wire.ts';
import { useEntityColumns } from '../entity-columns.tsx';
import { arranged, choose, readColumns, readPinned, writeColumns, writePinned } from '../table-columns.ts';
import type { useTableState } from './use-table-state.ts';

type Table = ReturnType<typeof useTableState>;

/** Which columns the table has, in which order and how wide, and the ways to change that. */
export function useShownColumns(blueprint: Blueprint, scorecards: readonly Scorecard[], { state, change }: Table) {
  const own = useEntityColumns(blueprint, scorecards);
  const choices = useMemo(() => readColumns(state.cols), [state.cols]);
  const all = useMemo(() => arranged(own, choices), [own, choices]);
  const pinned = readPinned(state.cols);
  const pick = useCallback(
    (key: string, next: Parameters<typeof choose>[3]) =>
      change({ cols: writePinned(writeColumns(choose(own, choices, key, next)), pinned) }),
    [change, own, choices, pinned],
  );
  const columns = useMemo(() => all.filter(({ hidden }) => !hidden).map(({ column }) => column), [all]);
  return {
    columns,
    keys: columns.map((column) => column.key),
    pick: (key: string, next: { readonly width?: number; readonly to?: string | number }) => {
      const { to, width } = next;
      if (typeof to === 'number') pick(key, { move: stepOver(all, key, to) });
      else if (to !== undefined) pick(key, { move: placeOf(all, to) - placeOf(all, key) });
      else if (width !== undefined) pick(key, { width });
    },
    menu: {
      columns: all.map(({ column, hidden }) => ({ key: column.key, title: column.title, hidden })),
      onChange: pick,
      pinned,
      onPinned: (next: boolean) => change({ cols: writePinned(state.cols, next) }),
      onReset: () => change({ cols: '' }),
    },
  };
}

type Arranged = readonly { readonly column: { readonly key: string }; readonly hidden: boolean }[];

const placeOf = (all: Arranged, key: string): number => all.findIndex(({ column }) => column.key === key);

/** One place further among those that are shown. */
function stepOver(all: Arranged, key: string, step: number): number {
  const from = placeOf(all, key);
  let to = from + step;
  while (all[to]?.hidden === true) to += step;
  return to - from;
}
