import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Label and value pairs, as a description list. */
export function Facts({ children, columns = 1 }: { readonly children: ReactNode; readonly columns?: 1 | 2 }) {
  return (
    <dl className={classes['facts']} data-columns={columns}>
      {children}
    </dl>
  );
}

export function Fact({
  label,
  hint,
  children,
}: {
  readonly label: ReactNode;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes['fact']}>
      <dt title={hint}>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
