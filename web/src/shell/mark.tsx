import classes from './mark.module.css';

/** The sign of the house: a bollard, a quay and one wave. */
export function Mark({ compact = false }: { readonly compact?: boolean }) {
  return (
    <span className={classes['mark']}>
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden fill="none" strokeLinecap="round" strokeWidth="3">
        <path d="M7 5v18a3 3 0 0 0 3 3h15" stroke="currentColor" />
        <path d="M13 19c2-2.2 4-2.2 6 0s4 2.2 6 0" stroke="var(--q-rail-mark)" />
        <circle cx="19" cy="9.5" r="2.8" fill="var(--q-rail-mark)" />
      </svg>
      {!compact && <span>Quayside</span>}
    </span>
  );
}
