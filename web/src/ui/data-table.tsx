import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly align?: 'end';
  /** Absent for columns that cannot be sorted. */
  readonly sortValue?: (row: Row) => string | number | undefined;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** "name" ascending, "-name" descending. */
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  readonly selected?: string | undefined;
  readonly onOpen?: (key: string) => void;
  readonly onClose?: () => void;
  /** Called when the reader nears the end. */
  readonly onEnd?: () => void;
  readonly rowHeight?: number;
}

const ROW_PX = 40;
const NEAR_ROWS = 40;

/** Sorts as the header says; missing values always come last. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string | undefined,
): readonly Row[] {
  const down = sort?.startsWith('-') === true;
  const valueOf = columns.find((column) => column.key === sort?.replace(/^-/, ''))?.sortValue;
  if (valueOf === undefined) return rows;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return rows.toSorted((left, right) => {
    const [a, b] = [valueOf(left), valueOf(right)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
    return down ? -order : order;
  });
}

/** A grid of any length: only visible rows exist; header and first column stay in sight; ↑ ↓ Enter Esc work. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, selected, onOpen, onClose, onEnd, rowHeight = ROW_PX } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 16,
    initialRect: { width: 1200, height: 800 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_ROWS) onEnd?.();
  }, [last, rows.length, onEnd]);

  const at = selected === undefined ? -1 : rows.findIndex((row) => rowKey(row) === selected);
  const walk = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget && !(event.target as HTMLElement).matches('[role=row]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step === undefined ? undefined : rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next !== undefined) {
      event.preventDefault();
      onOpen?.(rowKey(next));
      virtual.scrollToIndex(rows.indexOf(next));
    } else if (event.key === 'Escape') onClose?.();
    else if (event.key === 'Enter' && at === -1 && rows[0] !== undefined) onOpen?.(rowKey(rows[0]));
  };

  const press = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const key = target.closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key !== undefined && target.closest('a, button') === null) onOpen?.(key);
  };

  const template = columns
    .map((column, index) => (index === 0 ? `minmax(${column.width}px, 1.4fr)` : `minmax(${column.width}px, 1fr)`))
    .join(' ');
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const style = { '--template': template, '--width': `${width}px`, '--row': `${rowHeight}px` } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={classes['table']}
      style={style}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onKeyDown={walk}
      onClick={press}
    >
      <HeaderRow {...props} />
      <div role="rowgroup" className={classes['body']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = rowKey(row);
          return (
            <div
              key={key}
              role="row"
              data-index={item.index}
              data-key={key}
              aria-rowindex={item.index + 2}
              aria-selected={onOpen === undefined ? undefined : key === selected}
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
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeaderRow<Row>({ columns, sort, onSort }: DataTableProps<Row>) {
  const { t } = useTranslation();
  return (
    <div role="rowgroup" className={classes['head']}>
      <div role="row" aria-rowindex={1} className={classes['header']}>
        {columns.map((column, index) => {
          const state = sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : undefined;
          const Arrow = state === 'descending' ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-sort={state}
              className={classes['cell']}
              data-align={column.align}
              data-first={index === 0 || undefined}
            >
              {column.sortValue === undefined || onSort === undefined ? (
                <span title={column.title}>{column.title}</span>
              ) : (
                <button
                  type="button"
                  title={t('table.sortBy', { column: column.title })}
                  data-active={state !== undefined || undefined}
                  onClick={() =>
                    onSort(state === 'ascending' ? `-${column.key}` : state === 'descending' ? '' : column.key)
                  }
                >
                  <span>{column.title}</span>
                  <Arrow size={13} aria-hidden />
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
