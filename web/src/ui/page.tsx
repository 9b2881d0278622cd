import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './page.module.css';

export interface Crumb {
  readonly label: string;
  readonly to: string;
}

interface PageProps {
  readonly title: ReactNode;
  /** What the browser's tab says; the title when that is text. */
  readonly documentTitle?: string;
  readonly icon?: ReactNode;
  readonly lead?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  readonly actions?: ReactNode;
  /** Reading pages are narrow, tables use the whole width. */
  readonly width?: 'reading' | 'full';
  /** The page fills the window and scrolls inside, as tables do. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

export function Page({
  title,
  documentTitle,
  icon,
  lead,
  crumbs,
  actions,
  width = 'full',
  fill = false,
  children,
}: PageProps) {
  const { t } = useTranslation();
  const name = documentTitle ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = name === '' ? t('product') : `${name} · ${t('product')}`;
  }, [name, t]);
  return (
    <div className={classes['page']} data-width={width} data-fill={fill || undefined}>
      <header className={classes['header']}>
        {crumbs !== undefined && (
          <nav aria-label={t('breadcrumb')} className={classes['crumbs']}>
            <ol>
              {crumbs.map((crumb) => (
                <li key={crumb.to}>
                  <Link to={crumb.to}>{crumb.label}</Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className={classes['row']}>
          {icon !== undefined && <span className={classes['icon']}>{icon}</span>}
          <div className={classes['words']}>
            <h1>{title}</h1>
            {lead !== undefined && <div className={classes['lead']}>{lead}</div>}
          </div>
          {actions !== undefined && <div className={classes['actions']}>{actions}</div>}
        </div>
      </header>
      <div className={classes['body']}>{children}</div>
    </div>
  );
}
