import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withWords } from '../i18n/i18n.ts';
import { inApp, only } from '../shell/base-routes.tsx';

const pages = createRoute({
  getParentRoute: inApp,
  path: '/pages',
  validateSearch: only('new'),
  component: lazyRouteComponent(
    withWords(() => import('./pages-page.tsx'), 'pages'),
    'PagesPage',
  ),
});

const page = createRoute({
  getParentRoute: inApp,
  path: '/pages/$page',
  validateSearch: only('filter', 'off', 'edit', 'view', 'widget', 'identifier', 'group', 'levels'),
  component: lazyRouteComponent(
    withWords(() => import('./page-page.tsx'), 'pages', 'table', 'run-tools'),
    'PagePage',
  ),
});

/** Dashboards and the page of each. */
export const pageRoutes = [pages, page];
