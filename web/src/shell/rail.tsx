import { Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconKeyboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Suspense } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/session.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { withWords } from '../i18n/i18n.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { Mark } from './mark.tsx';
import { places } from './navigation.ts';
import { PersonMenu } from './person-menu.tsx';
import classes from './rail.module.css';

const ApprovalCount = lazyPart(
  withWords(async () => ({ default: (await import('../approvals/approval-count.tsx')).ApprovalCount }), 'approvals'),
);

const PageTree = lazyPart(async () => ({ default: (await import('../pages/page-tree.tsx')).PageTree }));

interface RailProps {
  readonly collapsed: boolean;
  readonly onToggle?: () => void;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

const apple = navigator.userAgent.includes('Mac');

export function Rail({ collapsed, onToggle, onSearch, onHelp }: RailProps) {
  const { t } = useTranslation('shell');
  const { data: session } = useQuery(sessionQuery);
  const ToggleIcon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <aside aria-label={t('menu')} className={classes['rail']} data-collapsed={collapsed || undefined}>
      <div className={classes['top']}>
        <Link to="/" className={classes['brand']} aria-label={t('brand')}>
          <Mark compact={collapsed} />
        </Link>
        {onToggle !== undefined && (
          <Tooltip label={collapsed ? t('expand') : t('collapse')} position="right">
            <UnstyledButton
              className={classes['quiet']}
              onClick={onToggle}
              aria-label={collapsed ? t('expand') : t('collapse')}
            >
              <ToggleIcon size={18} stroke={1.6} />
            </UnstyledButton>
          </Tooltip>
        )}
      </div>
      <UnstyledButton
        className={classes['search']}
        onClick={onSearch}
        {...(collapsed ? { 'aria-label': t('search') } : {})}
      >
        <IconSearch size={15} aria-hidden />
        {!collapsed && (
          <>
            <span>{t('search')}</span>
            <kbd>{apple ? '⌘K' : 'Ctrl K'}</kbd>
          </>
        )}
      </UnstyledButton>
      <nav className={classes['nav']} aria-label={t('navigation')}>
        <ul>
          {places
            .filter((place) => place.sampleOnly !== true || session?.organisation.sample === true)
            .map((place) => (
              <li key={place.key}>
                <RailLink to={place.to} label={t(`places.${place.key}`)} collapsed={collapsed}>
                  <place.icon size={18} stroke={1.6} aria-hidden />
                  {place.key === 'approvals' && (
                    <Suspense fallback={null}>
                      <ApprovalCount compact={collapsed} />
                    </Suspense>
                  )}
                </RailLink>
                {place.key === 'catalog' && !collapsed && <Blueprints />}
                {place.key === 'pages' && !collapsed && (
                  <Suspense fallback={null}>
                    <PageTree />
                  </Suspense>
                )}
              </li>
            ))}
        </ul>
      </nav>
      <div className={classes['foot']}>
        <Tooltip label={t('shortcuts')} position="right" disabled={!collapsed}>
          <UnstyledButton className={classes['link']} onClick={onHelp} aria-label={t('shortcuts')}>
            <IconKeyboard size={18} stroke={1.6} aria-hidden />
            {!collapsed && <span>{t('shortcuts')}</span>}
          </UnstyledButton>
        </Tooltip>
        <PersonMenu collapsed={collapsed} />
      </div>
    </aside>
  );
}

interface RailLinkProps {
  readonly to: string;
  readonly label: string;
  readonly collapsed: boolean;
  readonly children: React.ReactNode;
}

/** Pages that belong to a place in the menu by another name. */
const parts: Readonly<Record<string, string>> = { 'self-service': 'runs', pipelines: 'executions' };

function RailLink({ to, label, collapsed, children }: RailLinkProps) {
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const section = to.split('/')[1] ?? '';
  const active =
    section === '' ? pathname === '/' : pathname.split('/')[1] === section || pathname.split('/')[1] === parts[section];
  return (
    <Tooltip label={label} position="right" disabled={!collapsed}>
      <Link
        to={to}
        className={classes['link']}
        data-active={active || undefined}
        aria-current={active ? 'page' : undefined}
      >
        {children}
        <span className={collapsed ? 'visually-hidden' : undefined}>{label}</span>
      </Link>
    </Tooltip>
  );
}

const isAt = (pathname: string, blueprint: string): boolean => {
  const [, section, name] = pathname.split('/');
  return section === 'catalog' && name === blueprint;
};

function Blueprints() {
  const { data } = useQuery(blueprintsQuery);
  const pathname = useRouterState({ select: (state) => decodeURIComponent(state.location.pathname) });
  if (data === undefined || data.length === 0) return null;
  return (
    <ul className={classes['blueprints']}>
      {data
        .filter((blueprint) => !blueprint.identifier.startsWith('_'))
        .map((blueprint) => (
          <li key={blueprint.identifier}>
            <Link
              to="/catalog/$blueprint"
              params={{ blueprint: blueprint.identifier }}
              className={classes['sublink']}
              data-active={isAt(pathname, blueprint.identifier) || undefined}
            >
              <NamedIcon name={blueprint.icon} size={15} />
              <span>{blueprint.title}</span>
            </Link>
          </li>
        ))}
    </ul>
  );
}
