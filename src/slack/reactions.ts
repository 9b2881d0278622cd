import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader } from '#platform/events/reader.ts';
import { approvalsWithFailures } from './approval-message-store.ts';
import { followedRuns } from './commands/run-message-store.ts';
import { markHomes, markHomesOf } from './home/home-store.ts';
import {
  type ApprovalJob,
  approvalQueue,
  type HomeJob,
  homeQueue,
  type RunMessageJob,
  runMessageQueue,
} from './jobs.ts';
import type { WantedNote } from './sync-approval.ts';

/** Whatever happens to an approval, wherever it was decided, its messages in Slack follow. */
export const approvalReader: Reader = {
  name: 'slack.approvals',
  concerns: (event) => event.resource === 'approval',
  handle: async (ctx, events) => {
    const notes = new Map<string, WantedNote[]>();
    for (const event of events) {
      const approval = String(event.context['approval']);
      notes.set(approval, [...(notes.get(approval) ?? []), ...notesOf(event)]);
    }
    await ctx.enqueue<ApprovalJob>(
      approvalQueue,
      [...notes].map(([approvalId, wanted]) => ({
        data: { orgId: ctx.orgId, approvalId, notes: wanted, tries: 0 },
        group: approvalId,
      })),
    );
  },
};

function notesOf({ kind, after, context }: LoggedEvent): readonly WantedNote[] {
  if (kind === 'slack.message-resent') return noteNamed(String(context['message']));
  if (kind === 'approval.reminded') return [{ kind: 'reminder', number: Number(after?.['remindersSent'] ?? 0) }];
  return kind === 'approval.escalated' ? [{ kind: 'escalated', number: 1 }] : [];
}

/** A note as its message is called. */
function noteNamed(name: string): readonly WantedNote[] {
  const number = /^reminder-(\d+)$/.exec(name)?.[1];
  if (number !== undefined) return [{ kind: 'reminder', number: Number(number) }];
  return name === 'escalated' ? [{ kind: 'escalated', number: 1 }] : [];
}

/** A connection that was put right brings what the one before could not. */
export const catchUpReader: Reader = {
  name: 'slack.catch-up',
  concerns: (event) => event.kind === 'slack.connected',
  handle: async (ctx) => {
    const waiting = await approvalsWithFailures(ctx.db, ctx.orgId);
    await ctx.enqueue<ApprovalJob>(
      approvalQueue,
      waiting.map((approvalId) => ({
        data: { orgId: ctx.orgId, approvalId, notes: [], tries: 0 },
        group: approvalId,
      })),
    );
  },
};

/** A run that somebody started in Slack is followed there to its end. */
export const runMessageReader: Reader = {
  name: 'slack.runs',
  concerns: (event) => event.resource === 'run' && event.context['run'] !== undefined,
  handle: async (ctx, events) => {
    const runs = new Set(events.map((event) => String(event.context['run'])));
    const followed = await followedRuns(ctx.db, ctx.orgId, [...runs]);
    await ctx.enqueue<RunMessageJob>(
      runMessageQueue,
      followed.map((runId) => ({ data: { orgId: ctx.orgId, runId, tries: 0 }, group: runId })),
    );
  },
};

/** Changes that come together are one new view. */
const homePauseMs = 1_500;

/** Home tabs follow the decisions and runs they show. */
export const homeReader: Reader = {
  name: 'slack.homes',
  concerns: (event) => event.resource === 'approval' || isNewRunState(event) || isUnlinked(event),
  handle: async (ctx, events) => {
    const unlinked = events
      .filter(isUnlinked)
      .map(({ context: { slackTeam, slackUser } }) => [slackTeam, slackUser].join('/'));
    const isTaken = unlinked.length > 0 && (await markHomesOf(ctx.db, ctx, unlinked));
    const approvals = events.filter((event) => event.resource === 'approval').map(({ context }) => context['approval']);
    const people = events.filter(isNewRunState).map(({ after }) => after?.['createdBy']);
    const concern = { approvals: [...new Set(approvals.map(String))], people: [...new Set(people.map(String))] };
    const isMarked = await markHomes(ctx.db, ctx, concern);
    if (!isMarked && !isTaken) return;
    const startAfter = new Date(ctx.now.getTime() + homePauseMs);
    await ctx.enqueue<HomeJob>(homeQueue, [{ data: { orgId: ctx.orgId }, startAfter }]);
  },
};

function isUnlinked({ kind }: LoggedEvent): boolean {
  return kind === 'slack.person-unlinked';
}

function isNewRunState({ resource, before, after }: LoggedEvent): boolean {
  return resource === 'run' && after !== null && before?.['status'] !== after['status'];
}
