import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { SlackConnection } from './connection.ts';
import type { SlackConnections } from './connection-store.ts';
import type { Interaction } from './interaction.ts';
import { closeInteraction, openInteraction } from './interaction-store.ts';
import { listChannels } from './channels/list-channels.ts';
import { publishMarkedHomes } from './home/publish-home.ts';
import type { SlackHttp } from './slack-http.ts';
import { syncRunMessage } from './commands/sync-run-message.ts';
import { syncApproval, type WantedNote } from './sync-approval.ts';

export const interactionQueue = 'slack-interaction';
export const approvalQueue = 'slack-approval';
export const runMessageQueue = 'slack-run-message';
export const homeQueue = 'slack-home';
export const channelQueue = 'slack-channels';

export interface InteractionJob {
  readonly orgId: string;
  readonly id: string;
}

export interface ApprovalJob {
  readonly orgId: string;
  readonly approvalId: string;
  readonly notes: readonly WantedNote[];
  readonly tries: number;
}

export interface RunMessageJob {
  readonly orgId: string;
  readonly runId: string;
  readonly tries: number;
}

/** Publish what home tabs of the organisation were marked. */
export interface HomeJob {
  readonly orgId: string;
}

/** Ask Slack for the channels of the organisation's workspace. */
export interface ChannelJob {
  readonly orgId: string;
}

export interface FirstAnswer {
  readonly reply: object | null;
  /** There is nothing more to do about it. */
  readonly isRefused: boolean;
}

/** Does what one kind of click, command or event asks for. May be run twice for one interaction. */
export interface InteractionHandler {
  readonly accepts: (interaction: Interaction) => boolean;
  /** For what Slack has to be told in the answer itself; reads only, and calls nobody. */
  readonly answer?: (connection: SlackConnection, interaction: Interaction) => Promise<FirstAnswer>;
  /** A word on what came of it, for the records. */
  readonly handle: (connection: SlackConnection, interaction: Interaction) => Promise<string>;
}

export interface SlackJobParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly connections: SlackConnections;
  readonly handlers: readonly InteractionHandler[];
  readonly http: SlackHttp;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

/** A message that could not be brought is given up after about three days of tries. */
const mostTries = 400;

export function slackJobs(parts: SlackJobParts): readonly JobHandler[] {
  return [
    jobHandler<InteractionJob>({
      queue: interactionQueue,
      concurrency: 16,
      run: async (job) => handleInteraction(parts, job),
    }),
    jobHandler<ApprovalJob>({
      queue: approvalQueue,
      concurrency: 16,
      groupConcurrency: 1,
      run: async (job) => followApproval(parts, job),
    }),
    jobHandler<RunMessageJob>({
      queue: runMessageQueue,
      concurrency: 8,
      groupConcurrency: 1,
      run: async (job) => followRun(parts, job),
    }),
    jobHandler<ChannelJob>({ queue: channelQueue, concurrency: 1, run: async (job) => renewChannels(parts, job) }),
    jobHandler<HomeJob>({ queue: homeQueue, concurrency: 2, run: async (job) => followHomes(parts, job) }),
  ];
}

async function followApproval(parts: SlackJobParts, job: ApprovalJob): Promise<void> {
  const afterMs = await syncApproval(parts, job);
  if (afterMs === null || job.tries >= mostTries) return;
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  const data: ApprovalJob = { ...job, tries: job.tries + 1 };
  await parts.enqueueNow<ApprovalJob>(approvalQueue, [{ data, startAfter, group: job.approvalId }]);
}

async function followRun(parts: SlackJobParts, job: RunMessageJob): Promise<void> {
  const afterMs = await syncRunMessage(parts, job);
  if (afterMs === null || job.tries >= mostTries) return;
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  const data: RunMessageJob = { ...job, tries: job.tries + 1 };
  await parts.enqueueNow<RunMessageJob>(runMessageQueue, [{ data, startAfter, group: job.runId }]);
}

async function followHomes(parts: SlackJobParts, { orgId }: HomeJob): Promise<void> {
  const afterMs = await publishMarkedHomes(parts, orgId);
  if (afterMs === null) return;
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  await parts.enqueueNow<HomeJob>(homeQueue, [{ data: { orgId }, startAfter }]);
}

async function renewChannels(parts: SlackJobParts, { orgId }: ChannelJob): Promise<void> {
  const afterMs = await listChannels(parts, orgId);
  if (afterMs === null) return;
  const startAfter = new Date(parts.core.clock.now().getTime() + afterMs);
  await parts.enqueueNow<ChannelJob>(channelQueue, [{ data: { orgId }, startAfter }]);
}

async function handleInteraction(parts: SlackJobParts, { orgId, id }: InteractionJob): Promise<void> {
  const { core, secrets } = parts;
  const interaction = await openInteraction(core.db, secrets, orgId, id);
  if (interaction === null) return;
  const connection = await parts.connections.of(orgId);
  const handler = parts.handlers.find((candidate) => candidate.accepts(interaction));
  const outcome =
    connection === null || handler === undefined ? 'ignored' : await handler.handle(connection, interaction);
  await closeInteraction(core.db, { orgId, id, outcome, now: core.clock.now() });
}
