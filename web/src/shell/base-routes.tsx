import { Notifications } from '@mantine/notifications';
import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { queryClient } from '../api/query-client.ts';
import { sessionQuery } from '../api/session.ts';
import { NotFound, RouteError, ShellPending } from './route-states.tsx';

type Search = Record<string, unknown>;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** Keeps the named keys that are text, so that a hand-written address cannot break a page. */
export const only =
  <const K extends string>(...keys: readonly K[]) =>
  (search: Search): { [key in K]?: string } => {
    const kept: { [key in K]?: string } = {};
    for (const key of keys) {
      const value = text(search[key]);
      if (value !== undefined) kept[key] = value;
    }
    return kept;
  };

function Root() {
  return (
    <>
      <Outlet />
      {/* Inside the router, since toasts hold links. */}
      <Notifications position="bottom-right" limit={4} />
    </>
  );
}

export const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: RouteError });

/** Everything below needs somebody signed in. */
export const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: 'static' });
    if (session === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
  component: lazyRouteComponent(() => import('./app-shell.tsx'), 'AppShell'),
  pendingComponent: ShellPending,
});

export const inApp = () => app;
