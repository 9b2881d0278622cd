import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import classes from './data-table.module.css';
import { DataTableHeader } from './data-table-header.tsx';

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
  /** "name" ascending, "-name" descending. */
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  readonly onResize?: (key: string, width: number) => void;
  readonly selected?: string | undefined;
  readonly onOpen?: (key: string) => void;
  readonly onClose?: () => void;
  /** Which rows are in sight, overscan included. */
  readonly onRange?: (first: number, last: number) => void;
}

const ROW_PX = 40;

/** A grid of any length: only visible rows exist; header and first column stay in sight; ↑ ↓ Enter Esc work. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, count, rowAt, rowKey, selected, onOpen, onClose, onRange } = props;
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

  const opened = useRef<number>(-1);
  const isAt = (index: number): boolean => {
    const row = rowAt(index);
    return row !== undefined && rowKey(row) === selected;
  };
  const at =
    selected === undefined
      ? -1
      : isAt(opened.current)
        ? opened.current
        : (items.find((item) => isAt(item.index))?.index ?? -1);
  const open = (index: number): void => {
    const row = rowAt(index);
    if (row === undefined) return;
    opened.current = index;
    onOpen?.(rowKey(row));
  };
  const walk = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget && !(event.target as HTMLElement).matches('[role=row]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (step !== undefined) {
      const next = Math.min(Math.max(at + step, 0), count - 1);
      event.preventDefault();
      open(next);
      virtual.scrollToIndex(next);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      virtual.scrollToIndex(event.key === 'Home' ? 0 : count - 1);
    } else if (event.key === 'Escape') onClose?.();
    else if (event.key === 'Enter' && at === -1) open(first);
  };
  const press = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const index = target.closest<HTMLElement>('[data-index]')?.dataset['index'];
    if (index !== undefined && target.closest('a, button') === null) open(Number(index));
  };

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
      tabIndex={0}
      onKeyDown={walk}
      onClick={press}
    >
      <DataTableHeader {...props} />
      <div role="rowgroup" className={classes['body']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          const key = row === undefined ? undefined : rowKey(row);
          return (
            <div
              key={item.index}
              role="row"
              data-index={item.index}
              data-key={key}
              aria-rowindex={item.index + 2}
              aria-busy={row === undefined || undefined}
              aria-selected={onOpen === undefined ? undefined : key !== undefined && key === selected}
              data-pressable={onOpen !== undefined || undefined}
              className={classes['row']}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {columns.map((column, index) => (
                <div
                  key={column.key}
                  role={index === 0 ? 'rowheader' : 'gridcell'}
                  className={classes['cell']}
                  data-align={column.align}
                  data-first={index === 0 || undefined}
                >
                  {row === undefined ? <span className={classes['waiting']} /> : column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
