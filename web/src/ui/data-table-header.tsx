import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './data-table.module.css';
import { WholePick } from './data-table-picks.tsx';
import type { Column, DataTableProps } from './data-table.tsx';

const STEP_PX = 16;

/** Titles that sort, are dragged to another place or moved with Alt and ← →; edges that resize, also by ← and →. */
export function DataTableHeader<Row>({ columns, sort, onSort, onResize, onMove, picking }: DataTableProps<Row>) {
  const [over, setOver] = useState<string>();
  const drops = (key: string) =>
    onMove === undefined
      ? {}
      : {
          onDragOver: (event: DragEvent) => {
            if (!event.dataTransfer.types.includes(DRAGGED)) return;
            event.preventDefault();
            setOver(key);
          },
          onDragLeave: () => setOver(undefined),
          onDrop: (event: DragEvent) => {
            event.preventDefault();
            setOver(undefined);
            const from = event.dataTransfer.getData(DRAGGED);
            if (from !== '' && from !== key) onMove(from, key);
          },
        };
  return (
    <div role="rowgroup" className={classes['head']}>
      <div role="row" aria-rowindex={1} className={classes['header']}>
        {columns.map((column, index) => {
          const state = sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : undefined;
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-sort={state}
              className={classes['cell']}
              data-align={column.align}
              data-first={index === 0 || undefined}
              data-over={over === column.key || undefined}
              {...(index === 0 ? {} : drops(column.key))}
            >
              {index === 0 && picking !== undefined && <WholePick picking={picking} />}
              <Title column={column} state={state} onSort={onSort} onMove={index === 0 ? undefined : onMove} />
              {onResize !== undefined && <Edge column={column} onResize={onResize} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const DRAGGED = 'application/x-table-column';

interface TitleProps<Row> {
  readonly column: Column<Row>;
  readonly state: 'ascending' | 'descending' | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
  readonly onMove: ((key: string, to: string | number) => void) | undefined;
}

function Title<Row>({ column, state, onSort, onMove }: TitleProps<Row>) {
  const { t } = useTranslation();
  const drags =
    onMove === undefined
      ? {}
      : {
          draggable: true,
          onDragStart: (event: DragEvent) => {
            event.dataTransfer.setData(DRAGGED, column.key);
            event.dataTransfer.effectAllowed = 'move';
          },
          onKeyDown: (event: KeyboardEvent) => {
            const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (step === undefined || !event.altKey) return;
            event.preventDefault();
            event.stopPropagation();
            onMove(column.key, step);
          },
        };
  if (column.sortable !== true || onSort === undefined) {
    return (
      <span title={column.title} {...drags}>
        {column.title}
      </span>
    );
  }
  const Arrow = state === 'descending' ? IconArrowDown : IconArrowUp;
  const next = state === 'ascending' ? `-${column.key}` : state === 'descending' ? '' : column.key;
  return (
    <button
      type="button"
      title={t('table.sortBy', { column: column.title })}
      data-active={state !== undefined || undefined}
      {...drags}
      onClick={() => onSort(next)}
    >
      <span>{column.title}</span>
      <Arrow size={13} aria-hidden />
    </button>
  );
}

interface EdgeProps<Row> {
  readonly column: Column<Row>;
  readonly onResize: (key: string, width: number) => void;
}

function Edge<Row>({ column, onResize }: EdgeProps<Row>) {
  const { t } = useTranslation('table');
  const start = (event: PointerEvent<HTMLDivElement>): void => {
    const cell = event.currentTarget.parentElement;
    if (cell === null) return;
    event.preventDefault();
    const edge = event.currentTarget;
    const [from, width] = [event.clientX, cell.getBoundingClientRect().width];
    edge.setPointerCapture(event.pointerId);
    const follow = (move: globalThis.PointerEvent): void => onResize(column.key, width + move.clientX - from);
    edge.addEventListener('pointermove', follow);
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', follow), { once: true });
  };
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(column.key, column.width + step);
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('resize', { column: column.title })}
      aria-valuenow={column.width}
      className={classes['edge']}
      onPointerDown={start}
      onKeyDown={walk}
    />
  );
}
