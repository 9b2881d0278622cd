import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { deadJobs } from '#platform/jobs/dead-jobs.ts';

const defaultLimit = 100;

export function deadJobRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/dead-jobs',
      summary: 'List background work that was given up, newest first',
      tag: 'Health',
      access: 'known',
      request: { query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }) },
      handle: async ({ actor, query }) => {
        authorize(actor, 'organisation.manage');
        return ok({ jobs: await deadJobs(db, actor.orgId, query.limit ?? defaultLimit) });
      },
    }),
  ];
}
