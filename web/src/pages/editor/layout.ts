import { type Board, type Column, type Row, textOf, type Widget } from '../widget.ts';

export const WIDE = 12;
const MOST_IN_ROW = 6;
const HEIGHTS = { least: 120, most: 1_200, step: 20 } as const;

/** Heights of rows to begin with, by what is in them. */
const firstHeight: Readonly<Record<string, number>> = {
  'entities-number-chart': 160,
  'table-entities-explorer': 420,
  'action-card-widget': 160,
};

const spread = (columns: readonly Column[]): readonly Column[] => {
  const size = Math.max(1, Math.floor(WIDE / columns.length));
  return columns.map((column, index) => ({
    ...column,
    size: index === columns.length - 1 ? WIDE - size * (columns.length - 1) : size,
  }));
};

const without = (layout: readonly Row[], id: string): readonly Row[] =>
  layout
    .map((row) => {
      const columns = row.columns.filter((column) => column.id !== id);
      return columns.length === row.columns.length
        ? row
        : { ...row, columns: columns.length === 0 ? [] : spread(columns) };
    })
    .filter((row) => row.columns.length > 0);

const rowOf = (layout: readonly Row[], id: string): number =>
  layout.findIndex((row) => row.columns.some((column) => column.id === id));

/** Beside another widget, on one of its sides. */
export interface Beside {
  readonly id: string;
  readonly side: 'before' | 'after';
}

/** Puts a widget beside another; where the row is full it gets a row of its own below. */
export function putBeside(layout: readonly Row[], id: string, { id: target, side }: Beside): readonly Row[] {
  if (id === target) return layout;
  const height = layout[rowOf(layout, id)]?.height ?? 300;
  const rest = without(layout, id);
  const index = rowOf(rest, target);
  const row = rest[index];
  if (row === undefined) return layout;
  if (row.columns.length >= MOST_IN_ROW) {
    return rest.toSpliced(index + 1, 0, { height, columns: [{ id, size: WIDE }] });
  }
  const at = row.columns.findIndex((column) => column.id === target) + (side === 'after' ? 1 : 0);
  return rest.with(index, { ...row, columns: spread(row.columns.toSpliced(at, 0, { id, size: 1 })) });
}

/** Puts a widget into a row of its own before the row of that number. */
export function putInRow(layout: readonly Row[], id: string, before: number): readonly Row[] {
  const from = rowOf(layout, id);
  const isAlone = layout[from]?.columns.length === 1;
  const height = layout[from]?.height ?? 300;
  const rest = without(layout, id);
  const index = isAlone && from < before ? before - 1 : before;
  return rest.toSpliced(index, 0, { height, columns: [{ id, size: WIDE }] });
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** One step with the keyboard: along the row, or into the next row up or down. */
export function step(layout: readonly Row[], id: string, direction: Direction): readonly Row[] {
  const index = rowOf(layout, id);
  const row = layout[index];
  if (row === undefined) return layout;
  const at = row.columns.findIndex((column) => column.id === id);
  const own = row.columns[at];
  if (own === undefined) return layout;
  if (direction === 'left' || direction === 'right') {
    const to = at + (direction === 'left' ? -1 : 1);
    const other = row.columns[to];
    if (other === undefined) return layout;
    return layout.with(index, { ...row, columns: row.columns.with(at, other).with(to, own) });
  }
  const next = layout[index + (direction === 'up' ? -1 : 1)];
  const last = next?.columns.at(-1);
  if (row.columns.length > 1) return putInRow(layout, id, direction === 'up' ? index : index + 1);
  return last === undefined ? layout : putBeside(layout, id, { id: last.id, side: 'after' });
}

/** Makes a widget wider or narrower at the cost of its neighbour, or of the room that is left in the row. */
export function widen(layout: readonly Row[], id: string, by: number): readonly Row[] {
  const index = rowOf(layout, id);
  const row = layout[index];
  if (row === undefined) return layout;
  const at = row.columns.findIndex((column) => column.id === id);
  const own = row.columns[at];
  if (own === undefined) return layout;
  const free = WIDE - row.columns.reduce((sum, column) => sum + column.size, 0);
  const neighbour = at + 1 < row.columns.length ? at + 1 : at - 1;
  const other = row.columns[neighbour];
  const most = own.size + free + (other === undefined ? 0 : other.size - 1);
  const size = Math.min(Math.max(own.size + by, 1), most);
  const taken = size - own.size;
  const fromOther = taken > 0 ? Math.max(0, taken - free) : taken;
  const columns = row.columns.with(at, { ...own, size });
  const balanced = other === undefined ? columns : columns.with(neighbour, { ...other, size: other.size - fromOther });
  return layout.with(index, { ...row, columns: balanced });
}

export function heighten(layout: readonly Row[], id: string, by: number): readonly Row[] {
  const index = rowOf(layout, id);
  const row = layout[index];
  if (row === undefined) return layout;
  const wanted = Math.round((row.height + by) / HEIGHTS.step) * HEIGHTS.step;
  return layout.with(index, { ...row, height: Math.min(Math.max(wanted, HEIGHTS.least), HEIGHTS.most) });
}

/** A new widget in a row of its own at the end. */
export function added(board: Board, widget: Widget): Board {
  const row = { height: firstHeight[widget.type] ?? 300, columns: [{ id: textOf(widget, 'id'), size: WIDE }] };
  return { ...board, widgets: [...board.widgets, widget], layout: [...board.layout, row] };
}

export function removed(board: Board, id: string): Board {
  return {
    ...board,
    widgets: board.widgets.filter((widget) => widget['id'] !== id),
    layout: without(board.layout, id),
  };
}
