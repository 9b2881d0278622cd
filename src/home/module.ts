import { auditEvents } from '#history/audit-queries.ts';
import { toAuditRecord } from '#history/audit-view.ts';
import type { Core } from '#platform/core.ts';
import { ok, route } from '#platform/http/route.ts';
import type { Module } from '#platform/module.ts';
import { toWireRun } from '#runs/run.ts';
import { listRuns } from '#runs/run-queries.ts';
import { failingRulesOf } from './home-queries.ts';

const runsShown = 5;
const changesShown = 8;
/** What the work is about; sign-ins and settings are for the audit page. */
const shownResources = ['blueprint', 'entity', 'scorecard', 'action', 'run'];

/** The first page after signing in: what needs me, what I started, what changed. */
export function homeModule({ db }: Core): Module {
  return {
    name: 'home',
    routes: [
      route({
        method: 'GET',
        path: '/api/v1/home',
        summary: "What a person's first page shows",
        tag: 'Home',
        access: 'known',
        handle: async ({ actor }) => {
          const [failingRules, runs, changes] = await Promise.all([
            failingRulesOf(db, actor),
            listRuns(db, actor, { userId: actor.id, limit: runsShown }),
            auditEvents(db, actor, { resources: shownResources, limit: changesShown }),
          ]);
          return ok({
            failingRules,
            myRuns: runs.map((run) => toWireRun(run)),
            recentChanges: changes.map((event) => toAuditRecord(event, actor)),
          });
        },
      }),
    ],
  };
}
