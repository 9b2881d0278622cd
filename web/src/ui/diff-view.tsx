import { useTranslation } from 'react-i18next';
import classes from './diff-view.module.css';

type Document = Readonly<Record<string, unknown>> | null;

interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Bookkeeping that every write changes and nobody looks for. */
const quiet = new Set(['updatedAt', 'updatedBy', 'createdAt', 'createdBy', 'identifier', 'blueprint', 'id', 'version']);

/** The leaves in which two documents differ, as dotted paths; empty values count as absent. */
export function differences(before: Document, after: Document, prefix = ''): Difference[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys].flatMap((key) => {
    if (prefix === '' && quiet.has(key)) return [];
    const left = before?.[key];
    const right = after?.[key];
    if (same(left, right)) return [];
    if (
      (isObject(left) || left === undefined || left === null) &&
      (isObject(right) || right === undefined || right === null)
    ) {
      return differences(isObject(left) ? left : null, isObject(right) ? right : null, `${prefix}${key}.`);
    }
    return [{ path: `${prefix}${key}`, before: left, after: right }];
  });
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const blank = (value: unknown): boolean => value === undefined || value === null || value === '' || same(value, []);

/** What changed, one line per value: old struck through, new beside it. */
export function DiffView({ before, after }: { readonly before: Document; readonly after: Document }) {
  const { t } = useTranslation();
  const changed = differences(before, after).filter((one) => !(blank(one.before) && blank(one.after)));
  if (changed.length === 0) return <p className={classes['none']}>{t('noDifference')}</p>;
  return (
    <ul className={classes['diff']}>
      {changed.map((one) => (
        <li key={one.path}>
          <code className={classes['path']}>{one.path.replace(/^properties\./, '')}</code>
          <span className={classes['values']}>
            {!blank(one.before) && (
              <del>
                <span className="visually-hidden">{t('was')} </span>
                {shown(one.before)}
              </del>
            )}
            {!blank(one.after) && (
              <ins>
                <span className="visually-hidden">{t('now')} </span>
                {shown(one.after)}
              </ins>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
