import type { ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  /** No inner padding: for lists and tables that reach the border. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A part of a page with a hairline around it. */
export function Panel({ title, aside, flush = false, children }: PanelProps) {
  return (
    <section className={classes['panel']}>
      {title !== undefined && (
        <header className={classes['head']}>
          <h2>{title}</h2>
          {aside !== undefined && <div className={classes['aside']}>{aside}</div>}
        </header>
      )}
      <div className={flush ? classes['flush'] : classes['inner']}>{children}</div>
    </section>
  );
}
