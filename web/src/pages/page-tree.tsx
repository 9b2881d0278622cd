import { IconFolder, IconLayoutDashboard } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { NamedIcon } from '../ui/icon.tsx';
import { sidebarQuery, type SidebarItem } from './api.ts';
import classes from './page-tree.module.css';

/** Folders without any page are of no use to who only reads. */
const holdsPage = (item: SidebarItem, all: readonly SidebarItem[]): boolean =>
  item.sidebarType === 'page'
    ? item.showInSidebar !== false
    : all.some((one) => one.parent === item.identifier && holdsPage(one, all));

/** Dashboards in their folders, in the rail. */
export function PageTree() {
  const { data: items = [] } = useQuery(sidebarQuery);
  const shown = items.filter((item) => holdsPage(item, items));
  if (shown.length === 0) return null;
  return <Level items={shown} parent={undefined} />;
}

function Level({ items, parent }: { readonly items: readonly SidebarItem[]; readonly parent: string | undefined }) {
  const pathname = useRouterState({ select: (state) => decodeURIComponent(state.location.pathname) });
  return (
    <ul className={classes['level']} data-top={parent === undefined || undefined}>
      {items
        .filter((item) => item.parent === parent)
        .map((item) => (
          <li key={item.identifier}>
            {item.sidebarType === 'folder' ? (
              <>
                <span className={classes['folder']}>
                  <IconFolder size={15} stroke={1.6} aria-hidden />
                  <span>{item.title}</span>
                </span>
                <Level items={items} parent={item.identifier} />
              </>
            ) : (
              <Link
                to="/pages/$page"
                params={{ page: item.identifier }}
                className={classes['page']}
                data-active={pathname === `/pages/${item.identifier}` || undefined}
              >
                <NamedIcon name={item.icon} fallback={IconLayoutDashboard} size={15} />
                <span>{item.title}</span>
              </Link>
            )}
          </li>
        ))}
    </ul>
  );
}
