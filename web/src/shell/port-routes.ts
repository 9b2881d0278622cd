import { createRoute, redirect } from '@tanstack/react-router';
import { only, root } from './base-routes.tsx';
import { NotFound } from './route-states.tsx';

const runByQuery = createRoute({
  getParentRoute: () => root,
  path: '/organization/run',
  validateSearch: only('runId'),
  beforeLoad: ({ search }: { search: { runId?: string } }) => {
    throw redirect(
      search.runId === undefined
        ? { to: '/audit', search: { tab: 'runs' } }
        : { to: '/runs/$id', params: { id: search.runId } },
    );
  },
});

const selfServe = createRoute({
  getParentRoute: () => root,
  path: '/self-serve',
  validateSearch: only('action', 'actionInputs'),
  beforeLoad: ({ search }: { search: { action?: string; actionInputs?: string } }) => {
    const { actionInputs: inputs, ...rest } = search;
    throw redirect({ to: '/self-service', search: inputs === undefined ? rest : { ...rest, inputs } });
  },
});

const entityByQuery = createRoute({
  getParentRoute: () => root,
  path: '/$page',
  validateSearch: only('identifier'),
  beforeLoad: ({ params, search }: { params: { page: string }; search: { identifier?: string } }) => {
    const name = /^(.+)Entity$/.exec(params.page)?.[1];
    if (name !== undefined && search.identifier !== undefined) {
      throw redirect({
        to: '/catalog/$blueprint/$identifier',
        params: { blueprint: name, identifier: search.identifier },
      });
    }
  },
  component: NotFound,
});

/** Addresses that messages and scripts written for Port point to. */
export const portRoutes = [runByQuery, selfServe, entityByQuery];
