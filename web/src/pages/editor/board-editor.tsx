import { ActionIcon } from '@mantine/core';
import { IconGripVertical, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDebouncedValue } from '@mantine/hooks';
import { previewQuery } from '../api.ts';
import { nameOf } from '../page-entity.tsx';
import { usePageEntity } from '../templates-of-text.ts';
import { heightOf } from '../board-grid.tsx';
import classes from '../board.module.css';
import { type Board, isComputed, type Row, textOf, type Widget } from '../widget.ts';
import { WidgetCard } from '../widget-card.tsx';
import { type Beside, type Direction, heighten, putBeside, putInRow, step, widen } from './layout.ts';

interface BoardEditorProps {
  readonly board: Board;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly onChange: (board: Board) => void;
  readonly onRemove: (id: string) => void;
}

type Target = Beside | { readonly row: number };

/** The grid with a handle on every widget: dragged with the pointer, moved and resized with the arrow keys. */
export function BoardEditor({ board, chosen, onChoose, onChange, onRemove }: BoardEditorProps) {
  const { t } = useTranslation('pages');
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<Target>();
  const byId = new Map(board.widgets.map((widget) => [textOf(widget, 'id'), widget]));
  const setLayout = (layout: readonly Row[]): void => onChange({ ...board, layout });
  const end = (): void => {
    setDragged(undefined);
    setOver(undefined);
  };
  const drop = (): void => {
    if (dragged !== undefined && over !== undefined) {
      setLayout('row' in over ? putInRow(board.layout, dragged, over.row) : putBeside(board.layout, dragged, over));
    }
    end();
  };
  const zone = (row: number) => (
    <div
      className={classes['drop']}
      data-over={(over !== undefined && 'row' in over && over.row === row) || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver({ row });
      }}
      onDrop={drop}
    />
  );
  return (
    <div className={classes['rows']}>
      <p className="visually-hidden" id="arrange-help">
        {t('edit.arrangeHelp')}
      </p>
      {board.layout.map((row, index) => (
        <div key={row.columns.map((column) => column.id).join(' ')}>
          {zone(index)}
          <div className={classes['row']} style={{ '--height': `${heightOf(row.height)}px` } as never}>
            {row.columns.map((column) => {
              const widget = byId.get(column.id);
              if (widget === undefined) return null;
              const side = over !== undefined && 'id' in over && over.id === column.id ? over.side : undefined;
              return (
                <div
                  key={column.id}
                  className={classes['cell']}
                  style={{ '--size': column.size } as never}
                  data-side={side}
                  onDragOver={(event) => {
                    event.preventDefault();
                    const box = event.currentTarget.getBoundingClientRect();
                    const isAfter = event.clientX > box.left + box.width / 2;
                    setOver({ id: column.id, side: isAfter ? 'after' : 'before' });
                  }}
                  onDrop={drop}
                >
                  <EditedWidget
                    widget={widget}
                    chosen={chosen === column.id}
                    onChoose={() => onChoose(column.id)}
                    onRemove={() => onRemove(column.id)}
                    onDrag={(isDragged) => (isDragged ? setDragged(column.id) : end())}
                    onKey={(event) => {
                      const next = keyed(board.layout, column.id, event);
                      if (next === undefined) return;
                      event.preventDefault();
                      setLayout(next);
                    }}
                  />
                  <Edge
                    kind="width"
                    onDelta={(delta, box) => setLayout(widen(board.layout, column.id, Math.round((delta / box) * 12)))}
                  />
                  <Edge kind="height" onDelta={(delta) => setLayout(heighten(board.layout, column.id, delta))} />
                </div>
              );
            })}
          </div>
        </div>
      ))}
      {zone(board.layout.length)}
    </div>
  );
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Arrows move; with Shift they change width and height. */
function keyed(layout: readonly Row[], id: string, event: KeyboardEvent): readonly Row[] | undefined {
  const direction = directions[event.key];
  if (direction === undefined) return undefined;
  if (!event.shiftKey) return step(layout, id, direction);
  if (direction === 'left' || direction === 'right') return widen(layout, id, direction === 'left' ? -1 : 1);
  return heighten(layout, id, direction === 'up' ? -40 : 40);
}

interface EdgeProps {
  readonly kind: 'width' | 'height';
  /** Pixels since the last call, and how wide the row is. */
  readonly onDelta: (delta: number, box: number) => void;
}

/** An edge to pull; it acts when it is let go, so that nothing jumps under the pointer. */
function Edge({ kind, onDelta }: EdgeProps) {
  const [from, setFrom] = useState<number>();
  const place = (event: PointerEvent): number => (kind === 'width' ? event.clientX : event.clientY);
  return (
    <div
      className={classes[kind]}
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(place(event));
      }}
      onPointerUp={(event) => {
        const row = event.currentTarget.parentElement?.parentElement;
        if (from !== undefined && row) onDelta(place(event) - from, row.getBoundingClientRect().width);
        setFrom(undefined);
      }}
    />
  );
}

interface EditedWidgetProps {
  readonly widget: Widget;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onRemove: () => void;
  readonly onDrag: (isDragged: boolean) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

/** A widget as it would be shown now, asked again when its settings rest for a moment. */
function EditedWidget({ widget, chosen, onChoose, onRemove, onDrag, onKey }: EditedWidgetProps) {
  const { t } = useTranslation('pages');
  const [settled] = useDebouncedValue(widget, 350);
  const about = usePageEntity();
  const preview = useQuery({ ...previewQuery(settled, nameOf(about)), enabled: isComputed(settled) });
  const title = textOf(widget, 'title') || t(`type.${widget.type}`, { defaultValue: widget.type });
  // What is shown belongs to the kind and the settings it was asked for.
  const answer = settled.type === widget.type ? preview.data : undefined;
  return (
    <WidgetCard
      widget={widget}
      answer={preview.isError ? { ok: false, error: 'failed', message: preview.error.message } : answer}
      error={null}
      chosen={chosen}
      tools={
        <span className={classes['tools']}>
          <ActionIcon
            className={classes['handle'] ?? ''}
            draggable
            aria-label={t('edit.move', { title })}
            aria-describedby="arrange-help"
            onDragStart={() => onDrag(true)}
            onDragEnd={() => onDrag(false)}
            onKeyDown={onKey}
          >
            <IconGripVertical size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('edit.settings', { title })} onClick={onChoose}>
            <IconPencil size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('edit.remove', { title })} onClick={onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        </span>
      }
    />
  );
}
