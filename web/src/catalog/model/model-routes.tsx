import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withWords } from '../../i18n/i18n.ts';
import { inApp, only } from '../../shell/base-routes.tsx';

const dataModel = createRoute({
  getParentRoute: inApp,
  path: '/data-model',
  validateSearch: only('view', 'q', 'open'),
  component: lazyRouteComponent(
    withWords(() => import('./data-model-page.tsx'), 'data-model', 'settings'),
    'DataModelPage',
  ),
});

const words = ['data-model', 'settings', 'action-editor', 'entity-form', 'entity'] as const;

const newBlueprint = createRoute({
  getParentRoute: inApp,
  path: '/data-model/new',
  validateSearch: only('tab', 'item'),
  component: lazyRouteComponent(
    withWords(() => import('./builder-page.tsx'), ...words),
    'NewBlueprintPage',
  ),
});

const editBlueprint = createRoute({
  getParentRoute: inApp,
  path: '/data-model/blueprints/$blueprint',
  validateSearch: only('tab', 'item', 'delete'),
  component: lazyRouteComponent(
    withWords(() => import('./builder-page.tsx'), ...words),
    'EditBlueprintPage',
  ),
});

export const modelRoutes = [dataModel, newBlueprint, editBlueprint] as const;
