import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withWords } from '../i18n/i18n.ts';
import { inApp, only } from '../shell/base-routes.tsx';
import { filterKeys } from './execution-filter.ts';

const pipelines = createRoute({
  getParentRoute: inApp,
  path: '/pipelines',
  validateSearch: only('view', 'start', 'parameters', ...filterKeys),
  component: lazyRouteComponent(
    withWords(() => import('./pipelines-page.tsx'), 'pipelines', 'settings'),
    'PipelinesPage',
  ),
});

const newPipeline = createRoute({
  getParentRoute: inApp,
  path: '/pipelines/new',
  validateSearch: only('application', 'stage', 'view'),
  component: lazyRouteComponent(
    withWords(() => import('./builder/builder-page.tsx'), 'pipelines', 'settings', 'slackapp'),
    'NewPipelinePage',
  ),
});

const pipeline = createRoute({
  getParentRoute: inApp,
  path: '/pipelines/$pipeline',
  validateSearch: only('tab', 'start', 'parameters', ...filterKeys),
  component: lazyRouteComponent(
    withWords(() => import('./pipeline-page.tsx'), 'pipelines', 'settings'),
    'PipelinePage',
  ),
});

const editPipeline = createRoute({
  getParentRoute: inApp,
  path: '/pipelines/$pipeline/edit',
  validateSearch: only('stage', 'view'),
  component: lazyRouteComponent(
    withWords(() => import('./builder/builder-page.tsx'), 'pipelines', 'settings', 'slackapp'),
    'EditPipelinePage',
  ),
});

const execution = createRoute({
  getParentRoute: inApp,
  path: '/executions/$id',
  validateSearch: only('stage'),
  component: lazyRouteComponent(
    withWords(() => import('./execution-page.tsx'), 'pipelines'),
    'ExecutionPage',
  ),
});

const application = createRoute({
  getParentRoute: inApp,
  path: '/applications/$application',
  validateSearch: only('view', ...filterKeys),
  component: lazyRouteComponent(
    withWords(
      () => import('./environments/application-page.tsx'),
      'environments',
      'approvals',
      'pipelines',
      'settings',
      'slackapp',
    ),
    'ApplicationPage',
  ),
});

export const pipelineRoutes = [pipelines, newPipeline, pipeline, editPipeline, execution, application] as const;
