import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import classes from './data-table.module.css';
import { DataTableHeader } from './data-table-header.tsx';
import { type Picking, RowPick } from './data-table-picks.tsx';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly align?: 'end';
  /** Whether the table can be ordered by it. */
  readonly sortable?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly count: number;
  /** Undefined for rows that are on their way. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly rowKey: (row: Row) => string;
  /** What a row is called, for those who do not see it. */
  readonly rowTitle?: (row: Row) => string;
  /** Rows that are no rows but stand above some. */
  readonly headingAt?: ((index: number) => ReactNode) | undefined;
  /** "name" ascending, "-name" descending. */
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  readonly onResize?: (key: string, width: number) => void;
  /** A column was dropped on another, or moved by so many places. */
  readonly onMove?: (key: string, to: string | number) => void;
  /** Whether the first column stays in sight. */
  readonly pinned?: boolean;
  readonly picking?: Picking | undefined;
  readonly selected?: string | undefined;
  readonly onOpen?: (key: string) => void;
  readonly onClose?: () => void;
  /** Which rows are in sight, overscan included. */
  readonly onRange?: (first: number, last: number) => void;
}

const ROW_PX = 40;

/** A grid of any length: only visible rows exist; header and first column stay in sight; ↑ ↓ Enter Esc work. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, count, onRange, pinned = true } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 24,
    initialRect: { width: 1200, height: 800 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [first, last, onRange]);
  const { walk, press } = useWalk(
    props,
    items.map((item) => item.index),
    (index) => virtual.scrollToIndex(index),
  );
  const template = columns
    .map((column, index) => (index === 0 ? `minmax(${column.width}px, 1.4fr)` : `minmax(${column.width}px, 1fr)`))
    .join(' ');
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const style = { '--template': template, '--width': `${width}px`, '--row': `${ROW_PX}px` } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={classes['table']}
      style={style}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.picking !== undefined || undefined}
      data-pinned={pinned || undefined}
      tabIndex={0}
      onKeyDown={walk}
      onClick={press}
    >
      <DataTableHeader {...props} />
      <div role="rowgroup" className={classes['body']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <TableRow key={item.index} {...props} index={item.index} start={item.start} />
        ))}
      </div>
    </div>
  );
}

/** Which row is open, and how keys and presses open others. */
function useWalk<Row>(props: DataTableProps<Row>, shown: readonly number[], show: (index: number) => void) {
  const { count, rowAt, rowKey, headingAt, selected, picking, onOpen, onClose } = props;
  const [opened, setOpened] = useState(-1);
  const isAt = (index: number): boolean => {
    const row = rowAt(index);
    return row !== undefined && rowKey(row) === selected;
  };
  const at = selected === undefined ? -1 : isAt(opened) ? opened : (shown.find((index) => isAt(index)) ?? -1);
  const open = (index: number): void => {
    const row = rowAt(index);
    if (row === undefined) return;
    setOpened(index);
    onOpen?.(rowKey(row));
  };
  const isHeading = (index: number): boolean => (headingAt?.(index) ?? null) !== null;
  const stepFrom = (from: number, step: number): number => {
    let next = Math.min(Math.max(from + step, 0), count - 1);
    const way = step < 0 ? -1 : 1;
    while (isHeading(next) && next + way >= 0 && next + way < count) next += way;
    return next;
  };
  const walk = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget && !(event.target as HTMLElement).matches('[role=row]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (step !== undefined) {
      const next = stepFrom(at, step);
      event.preventDefault();
      if (event.shiftKey && at !== -1) picking?.onPick(next, { range: true });
      open(next);
      show(next);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      show(event.key === 'Home' ? 0 : count - 1);
    } else if (event.key === ' ' && picking !== undefined && at !== -1) {
      event.preventDefault();
      picking.onPick(at, { range: false });
    } else if (event.key === 'Escape') onClose?.();
    else if (event.key === 'Enter' && at === -1) open(stepFrom((shown[0] ?? 0) - 1, 1));
  };
  const press = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const index = target.closest<HTMLElement>('[data-index]')?.dataset['index'];
    if (index === undefined || target.closest('a, button, label, input') !== null) return;
    if ((event.shiftKey || event.metaKey || event.ctrlKey) && picking !== undefined) {
      picking.onPick(Number(index), { range: event.shiftKey });
    } else open(Number(index));
  };
  return { walk, press };
}

interface RowProps<Row> extends DataTableProps<Row> {
  readonly index: number;
  readonly start: number;
}

function TableRow<Row>(props: RowProps<Row>) {
  const { index, start, columns, rowAt, rowKey, rowTitle, headingAt, selected, onOpen, picking } = props;
  const style = { transform: `translateY(${start}px)` };
  const heading = headingAt?.(index) ?? null;
  if (heading !== null) {
    return (
      <div role="row" aria-rowindex={index + 2} className={classes['heading']} style={style}>
        <div role="gridcell" aria-colspan={columns.length}>
          {heading}
        </div>
      </div>
    );
  }
  const row = rowAt(index);
  const key = row === undefined ? undefined : rowKey(row);
  const isPicked = key !== undefined && picking?.isPicked(key) === true;
  return (
    <div
      role="row"
      data-index={index}
      data-key={key}
      data-picked={isPicked || undefined}
      aria-rowindex={index + 2}
      aria-busy={row === undefined || undefined}
      aria-selected={onOpen === undefined ? undefined : isPicked || (key !== undefined && key === selected)}
      data-open={(key !== undefined && key === selected) || undefined}
      data-pressable={onOpen !== undefined || undefined}
      className={classes['row']}
      style={style}
    >
      {columns.map((column, place) => (
        <div
          key={column.key}
          role={place === 0 ? 'rowheader' : 'gridcell'}
          className={classes['cell']}
          data-align={column.align}
          data-first={place === 0 || undefined}
        >
          {place === 0 && picking !== undefined && row !== undefined && (
            <RowPick picking={picking} index={index} picked={isPicked} title={rowTitle?.(row) ?? key ?? ''} />
          )}
          {row === undefined ? <span className={classes['waiting']} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}
