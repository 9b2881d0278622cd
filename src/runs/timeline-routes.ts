import { sql } from 'kysely';
import { loadVisibility } from '#catalog/visibility-queries.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { runParams } from './contract.ts';
import { getRun } from './run-queries.ts';

const mostEvents = 1_000;

export function timelineRoutes(db: Db): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/runs/:run/timeline',
      summary: 'What happened in a run, oldest first: asked, dispatched, entities changed, updated, ended',
      tag: 'Action runs',
      access: 'known',
      request: { params: runParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        await getRun(db, actor, params.run);
        const events = await eventsOf(db, actor, params.run);
        return ok({ timeline: events.flatMap(toTimelineItem) });
      },
    }),
  ];
}

/** What the run did to entities that the reader may not read is left out, and however much it is, its end is not. */
async function eventsOf(db: Db, actor: Actor, runId: string): Promise<readonly LoggedEvent[]> {
  const { names } = await loadVisibility(db, actor);
  const mine = sql`event.org_id = ${actor.orgId} and event.context ? 'run' and event.context ->> 'run' = ${runId}`;
  const found = await sql<EventRow>`
    select * from (
      (select * from event where ${mine} and event.resource not in ('run-log', 'entity')
        order by number limit ${mostEvents})
      union all
      (select * from event where ${mine} and event.resource = 'entity'
        and ${names(sql`(event.context ->> 'blueprint')`, sql`(event.context ->> 'entity')`)}
        order by number limit ${mostEvents})
    ) as event order by number`.execute(db);
  return found.rows.map(toLoggedEvent);
}

/** One event as a step that people recognise; bookkeeping in between is left out. */
function toTimelineItem(event: LoggedEvent): readonly Record<string, unknown>[] {
  const kind = kindOf(event);
  if (kind === null) return [];
  const { after } = event;
  return [
    {
      at: event.at,
      kind,
      by: { kind: event.actor.kind, id: event.actor.id, name: nameOf(event) },
      ...(event.resource === 'entity'
        ? {
            blueprint: event.context.blueprint,
            entity: event.context.entity,
            action: event.action,
            status: event.status,
            ...(event.message === null ? {} : { message: event.message }),
            diff: { before: event.before, after },
          }
        : { status: after?.['status'], title: titleOf(event) }),
    },
  ];
}

const approvalKinds: Readonly<Record<string, string>> = {
  'approval.requested': 'approval-asked',
  'approval.voted': 'approval-voted',
  'approval.reminded': 'approval-reminded',
  'approval.escalated': 'approval-escalated',
  'approval.delegated': 'approval-delegated',
};

function titleOf({ after, resource }: LoggedEvent): unknown {
  if (resource !== 'approval') return after?.['statusLabel'] ?? null;
  const told = (after?.['vote'] ?? after?.['decision'] ?? null) as { readonly comment?: unknown } | null;
  return told?.comment ?? null;
}

function approvalKindOf({ kind, after }: LoggedEvent): string | null {
  if (kind === 'approval.decided') return `approval-${String(after?.['state'])}`;
  return approvalKinds[kind] ?? null;
}

/** Told by the approval itself. */
function wasApproved({ before, after }: LoggedEvent): boolean {
  return before?.['status'] === 'WAITING_FOR_APPROVAL' && after?.['status'] === 'IN_PROGRESS';
}

function kindOf(event: LoggedEvent): string | null {
  if (event.resource === 'approval') return approvalKindOf(event);
  if (event.resource === 'entity') return event.status === 'FAILURE' ? 'failed' : 'entity-changed';
  if (event.kind === 'run.created') return 'asked';
  if (event.kind === 'run.ended') return 'ended';
  if (event.kind !== 'run.updated') return null;
  if (wasFetched(event) || wasApproved(event)) return null;
  const before = event.before?.['dispatchState'];
  const after = event.after?.['dispatchState'];
  if (before === after) return 'updated';
  return after === 'calling' || after === 'waiting' ? null : 'dispatched';
}

/** An agent has it for a while; that it began is told when it acknowledges. */
function wasFetched({ before, after }: LoggedEvent): boolean {
  return before?.['claimedUntil'] !== after?.['claimedUntil'] && after?.['claimedUntil'] !== null;
}

function nameOf({ actor }: LoggedEvent): string {
  return actor.kind === 'user' ? `${actor.firstName} ${actor.lastName}`.trim() : actor.name;
}
