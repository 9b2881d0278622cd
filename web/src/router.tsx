import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { setOnSignedOut } from './api/client.ts';
import { queryClient } from './api/query-client.ts';
import { sessionQuery } from './api/session.ts';
import { withWords } from './i18n/i18n.ts';
import { pageRoutes } from './pages/page-routes.tsx';
import { modelRoutes } from './catalog/model/model-routes.tsx';
import { pipelineRoutes } from './pipelines/pipeline-routes.tsx';
import { app, inApp, only, root } from './shell/base-routes.tsx';
import { portRoutes } from './shell/port-routes.ts';
import { RouteError, RoutePending } from './shell/route-states.tsx';

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: only('next'),
  component: lazyRouteComponent(() => import('./access/sign-in-page.tsx'), 'SignInPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitations/$token',
  component: lazyRouteComponent(() => import('./access/invitation-page.tsx'), 'InvitationPage'),
});

const home = createRoute({
  getParentRoute: inApp,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
});

const catalog = createRoute({
  getParentRoute: inApp,
  path: '/catalog',
  component: lazyRouteComponent(() => import('./catalog/catalog-page.tsx'), 'CatalogPage'),
});

const blueprint = createRoute({
  getParentRoute: inApp,
  path: '/catalog/$blueprint',
  validateSearch: only(
    ...(['q', 'sort', 'filter', 'cols', 'group', 'folded', 'view', 'picked', 'build', 'bulk', 'change'] as const),
    ...(['open', 'new', 'from', 'edit', 'delete'] as const),
  ),
  component: lazyRouteComponent(
    withWords(() => import('./catalog/blueprint-page.tsx'), 'table'),
    'BlueprintPage',
  ),
});

const entity = createRoute({
  getParentRoute: inApp,
  path: '/catalog/$blueprint/$identifier',
  validateSearch: only('tab', 'edit', 'delete', 'view', 'levels', 'at'),
  component: lazyRouteComponent(
    withWords(() => import('./catalog/entity-page.tsx'), 'run-tools', 'entity', 'exemptions'),
    'EntityPage',
  ),
});

const selfService = createRoute({
  getParentRoute: inApp,
  path: '/self-service',
  validateSearch: only('q', 'group', 'operation', 'state', 'action', 'entity', 'inputs'),
  component: lazyRouteComponent(
    withWords(() => import('./actions/self-service-page.tsx'), 'self-service'),
    'SelfServicePage',
  ),
});

const newAction = createRoute({
  getParentRoute: inApp,
  path: '/self-service/new',
  validateSearch: only('from', 'tab', 'view', 'input'),
  component: lazyRouteComponent(
    withWords(() => import('./actions/editor/action-editor-page.tsx'), 'action-editor', 'self-service', 'slackapp'),
    'NewActionPage',
  ),
});

const editAction = createRoute({
  getParentRoute: inApp,
  path: '/self-service/$action/edit',
  validateSearch: only('tab', 'view', 'input'),
  component: lazyRouteComponent(
    withWords(() => import('./actions/editor/action-editor-page.tsx'), 'action-editor', 'self-service', 'slackapp'),
    'EditActionPage',
  ),
});

const run = createRoute({
  getParentRoute: inApp,
  path: '/runs/$id',
  validateSearch: only('tab'),
  component: lazyRouteComponent(
    withWords(() => import('./runs/run-page.tsx'), 'approvals', 'run-tools'),
    'RunPage',
  ),
});

const scorecards = createRoute({
  getParentRoute: inApp,
  path: '/scorecards',
  component: lazyRouteComponent(() => import('./scorecards/scorecards-page.tsx'), 'ScorecardsPage'),
});

const scorecard = createRoute({
  getParentRoute: inApp,
  path: '/scorecards/$blueprint/$id',
  validateSearch: only('open'),
  component: lazyRouteComponent(
    withWords(() => import('./scorecards/scorecard-page.tsx'), 'slack', 'slackapp', 'exemptions', 'action-editor'),
    'ScorecardPage',
  ),
});

const slack = createRoute({
  getParentRoute: inApp,
  path: '/slack',
  validateSearch: only('channel'),
  component: lazyRouteComponent(
    withWords(() => import('./slack/slack-page.tsx'), 'slack'),
    'SlackPage',
  ),
});

const slackLink = createRoute({
  getParentRoute: inApp,
  path: '/slack/link/$token',
  component: lazyRouteComponent(
    withWords(() => import('./slack/link-page.tsx'), 'slackapp'),
    'LinkPage',
  ),
});

const approvals = createRoute({
  getParentRoute: inApp,
  path: '/approvals',
  validateSearch: only('view', 'open'),
  component: lazyRouteComponent(
    withWords(() => import('./approvals/approvals-page.tsx'), 'approvals'),
    'ApprovalsPage',
  ),
});

const approval = createRoute({
  getParentRoute: inApp,
  path: '/approvals/$id',
  component: lazyRouteComponent(
    withWords(() => import('./approvals/approval-page.tsx'), 'approvals'),
    'ApprovalPage',
  ),
});

const deliveries = createRoute({
  getParentRoute: inApp,
  path: '/deliveries',
  validateSearch: only('state', 'stream', 'open'),
  component: lazyRouteComponent(
    withWords(() => import('./deliveries/deliveries-page.tsx'), 'deliveries'),
    'DeliveriesPage',
  ),
});

const audit = createRoute({
  getParentRoute: inApp,
  path: '/audit',
  validateSearch: only('tab', 'resource', 'action', 'entity', 'blueprint', 'active', 'status', 'mine', 'open'),
  component: lazyRouteComponent(
    withWords(() => import('./history/audit-page.tsx'), 'run-tools'),
    'AuditPage',
  ),
});

const settings = createRoute({
  getParentRoute: inApp,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'people' } });
  },
});

const settingsSection = createRoute({
  getParentRoute: inApp,
  path: '/settings/$section',
  validateSearch: only('q'),
  component: lazyRouteComponent(
    withWords(
      () => import('./settings/settings-page.tsx'),
      'settings',
      'slackapp',
      'connections',
      'webhooks',
      'deliveries',
    ),
    'SettingsPage',
  ),
});

const webhook = createRoute({
  getParentRoute: inApp,
  path: '/settings/webhooks/$webhook',
  component: lazyRouteComponent(
    withWords(() => import('./webhooks/webhook-page.tsx'), 'webhooks'),
    'WebhookPage',
  ),
});

const routeTree = root.addChildren([
  signIn,
  invitation,
  ...portRoutes,
  app.addChildren([
    home,
    catalog,
    blueprint,
    entity,
    selfService,
    newAction,
    editAction,
    run,
    scorecards,
    scorecard,
    ...pageRoutes,
    ...modelRoutes,
    ...pipelineRoutes,
    slack,
    slackLink,
    approvals,
    approval,
    deliveries,
    audit,
    settings,
    settingsSection,
    webhook,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 120,
  defaultPendingComponent: RoutePending,
  defaultErrorComponent: RouteError,
  scrollToTopSelectors: ['#content'],
  // Plain text in the address: "?q=12" stays text instead of turning into a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '',
    );
    return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  },
});

setOnSignedOut(() => {
  queryClient.setQueryData(sessionQuery.queryKey, null);
  if (router.state.location.pathname === '/sign-in') return;
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
