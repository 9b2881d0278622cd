import { auditEvents } from '#history/audit-queries.ts';
import { toAuditRecord } from '#history/audit-view.ts';
import type { Core } from '#platform/core.ts';
import { ok, route } from '#platform/http/route.ts';
import type { Module } from '#platform/module.ts';
import { toWireRun } from '#runs/run.ts';
import { listRuns } from '#runs/run-queries.ts';
import { mergeChanges } from './merge-changes.ts';
import { failingRulesOf } from './home-queries.ts';

const runsShown = 5;
const changesShown = 8;
/** Enough that a few imports leave room for the rest. */
const changesRead = 120;
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
            auditEvents(db, actor, { resources: shownResources, limit: changesRead, withoutSystem: true }),
          ]);
          return ok({
            failingRules,
            myRuns: runs.map((run) => toWireRun(run)),
            recentChanges: mergeChanges(changes, changes.length < changesRead)
              .slice(0, changesShown)
              .map(({ event, count, more }) => ({
                ...toAuditRecord(event, actor),
                ...(count === 1 ? {} : { group: { count, more } }),
              })),
          });
        },
      }),
    ],
  };
}
