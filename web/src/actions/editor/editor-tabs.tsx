import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import { type EditorTab, tabOf } from './placed-errors.ts';
import { useEditor } from './use-action-editor.ts';

export const tabs: readonly EditorTab[] = ['basics', 'form', 'backend', 'permissions'];

/** The parts of an action, each with how many mistakes it holds. */
export function EditorTabs({ current }: { readonly current: EditorTab }) {
  const { t } = useTranslation('action-editor');
  const { errors, broken, checks } = useEditor();
  const paths = [...errors.map((error) => error.path), ...Object.keys(broken).map((path) => path.split('.'))];
  return (
    <nav className={classes['tabs']} aria-label={t('tabs')}>
      <ol>
        {tabs.map((tab, index) => {
          const count = paths.filter((path) => tabOf(path) === tab).length;
          const doubtful = checks.warnings.filter(({ path, certain }) => certain && tabOf(path) === tab).length;
          return (
            <li key={tab}>
              <Link
                to="."
                search={(before: object) => ({ ...before, tab, input: undefined }) as never}
                replace
                aria-current={tab === current ? 'page' : undefined}
              >
                <span className={classes['number']} aria-hidden>
                  {index + 1}
                </span>
                {t(`tab.${tab}`)}
                {count > 0 && (
                  <span className={classes['count']}>
                    {count}
                    <span className="visually-hidden"> {t('faulty')}</span>
                  </span>
                )}
                {count === 0 && doubtful > 0 && (
                  <span className={classes['count']} data-tone="warn">
                    {doubtful}
                    <span className="visually-hidden"> {t('broken.count')}</span>
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
