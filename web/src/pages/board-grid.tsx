import type { ReactNode } from 'react';
import classes from './board.module.css';
import type { Board, Widget } from './widget.ts';

interface BoardGridProps {
  readonly board: Board;
  readonly children: (widget: Widget) => ReactNode;
}

/** Widgets in rows of twelve columns; one under the other where the page is narrow. */
export function BoardGrid({ board, children }: BoardGridProps) {
  const byId = new Map(board.widgets.map((widget) => [widget['id'], widget]));
  const placed = new Set(board.layout.flatMap((row) => row.columns.map((column) => column.id)));
  const rest = board.widgets.filter((widget) => typeof widget['id'] !== 'string' || !placed.has(widget['id']));
  return (
    <div className={classes['rows']}>
      {board.layout.map((row, index) => (
        <div key={index} className={classes['row']} style={{ '--height': `${heightOf(row.height)}px` } as never}>
          {row.columns.map((column) => {
            const widget = byId.get(column.id);
            if (widget === undefined) return null;
            return (
              <div key={column.id} className={classes['cell']} style={{ '--size': column.size } as never}>
                {children(widget)}
              </div>
            );
          })}
        </div>
      ))}
      {rest.map((widget, index) => (
        <div key={`rest-${index}`} className={classes['row']} style={{ '--height': '400px' } as never}>
          <div className={classes['cell']} style={{ '--size': 12 } as never}>
            {children(widget)}
          </div>
        </div>
      ))}
    </div>
  );
}

export const heightOf = (height: number): number => Math.min(Math.max(height, 110), 1_400);
