import { sql } from 'kysely';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import { callerOf, ingestRequest, type IngestParts } from './ingest-request.ts';
import { recordOutcome } from './record-outcome.ts';

export const requestQueue = 'webhook-request';

export interface RequestJob {
  readonly orgId: string;
  readonly request: string;
}

const webhooksAtOnce = 4;
const choreSeconds = 600;
const dayMs = 86_400_000;
const keptDays = 7;
/** Every try of the job has failed by then. */
const givenUpAfterMs = 3_600_000;
const batchSize = 500;

export function webhookJobs(parts: IngestParts): readonly JobHandler[] {
  return [
    jobHandler<RequestJob>({
      queue: requestQueue,
      concurrency: webhooksAtOnce,
      groupConcurrency: 1,
      run: async ({ orgId, request }) => ingestRequest(parts, orgId, request),
    }),
  ];
}

export function webhookChores({ core }: Pick<IngestParts, 'core'>): readonly Chore[] {
  const { db, clock, runner } = core;
  return [
    {
      name: 'old-webhook-requests',
      everySeconds: choreSeconds,
      run: async () => {
        const before = new Date(clock.now().getTime() - keptDays * dayMs);
        for (let deleted = batchSize; deleted >= batchSize;) {
          const gone = await sql`
            delete from incoming_request where (org_id, id) in (
              select org_id, id from incoming_request where received_at < ${before} limit ${batchSize})`.execute(db);
          deleted = Number(gone.numAffectedRows ?? 0);
        }
      },
    },
    {
      name: 'lost-webhook-requests',
      everySeconds: choreSeconds,
      run: async () => {
        const before = new Date(clock.now().getTime() - givenUpAfterMs);
        const lost = await sql<{ orgId: string; webhook: string; request: string }>`
          select org_id as "orgId", webhook, id as request from incoming_request
          where state = 'waiting' and received_at < ${before} order by received_at limit ${batchSize}`.execute(db);
        for (const { orgId, webhook, request } of lost.rows) {
          const message = 'It could not be handled; the log of the server says why.';
          const outcome = { written: 0, deleted: 0, problems: [{ mapping: 0, item: null, field: '', message }] };
          await runner.execute(callerOf({ orgId, identifier: webhook }), recordOutcome(), {
            webhook,
            request,
            outcome,
          });
        }
      },
    },
  ];
}
