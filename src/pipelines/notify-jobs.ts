import { sql } from 'kysely';
import { systemActor } from '#platform/commands/actor.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Chore } from '#platform/module.ts';
import { beginCall, earlierCallMayTake, reportStage, type StageKey } from './report-stage.ts';
import { stageConfig, type StageRow, type WholeExecution } from './execution.ts';
import { loadExecution } from './execution-store.ts';
import { findApplication } from './pipeline-queries.ts';
import type { NotificationConfig } from './pipeline.ts';
import {
  type Channel,
  fillPlaces,
  mergedNotifications,
  type Occasion,
  toldOf,
  type ToldPlace,
} from './notification-rules.ts';
import { type SendParts, sendMailNotice, sendTeamsNotice, sendWebhookNotice, type ToldNotice } from './send-notice.ts';

export const messageQueue = 'pipeline-message';
export const occasionQueue = 'pipeline-occasion';
export const noticeQueue = 'pipeline-notice';

/** A short message to a channel; texts are plain. */
export interface Notice {
  readonly orgId: string;
  readonly channel: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly link: { readonly url: string; readonly label: string };
  /** Names this notice for ever, so that a second try finds the first. */
  readonly key: string;
  readonly earlierAttemptAt: Date | null;
}

export interface NoticeResult {
  readonly outcome: 'posted' | 'refused' | 'unknown';
  /** What went wrong, in words. */
  readonly message: string;
}

export interface NotifyParts extends SendParts {
  readonly postNotice: (notice: Notice) => Promise<NoticeResult>;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

export interface OccasionJob {
  readonly orgId: string;
  readonly executionId: string;
  /** What happened in one change. */
  readonly occasions: readonly Occasion[];
}

interface NoticeJob extends ToldNotice {
  /** Slack unless told. */
  readonly via?: Channel;
}

export function notifyJobs(parts: NotifyParts): readonly JobHandler[] {
  return [
    jobHandler<StageKey>({ queue: messageQueue, concurrency: 4, run: async (key) => postStageMessage(parts, key) }),
    jobHandler<OccasionJob>({ queue: occasionQueue, concurrency: 4, run: async (job) => spreadOccasions(parts, job) }),
    jobHandler<NoticeJob>({
      queue: noticeQueue,
      concurrency: 4,
      retryLimit: 8,
      run: async (notice) => tell(parts, notice),
    }),
  ];
}

/** The work of a slackMessage stage. */
async function postStageMessage(parts: NotifyParts, key: StageKey): Promise<void> {
  const { runner, publicUrl } = parts.core;
  const caller = { actor: systemActor(key.orgId, 'pipelines'), origin: 'SYSTEM', requestId: null } as const;
  const begun = await runner.execute(caller, beginCall, { key });
  if (begun === null) return;
  const underWayMs = earlierCallMayTake(begun, parts.core.clock.now());
  if (underWayMs > 0) {
    const startAfter = new Date(parts.core.clock.now().getTime() + underWayMs);
    return parts.enqueueNow<StageKey>(messageQueue, [{ data: key, startAfter }]);
  }
  const { execution, stage } = begun;
  const result = await parts.postNotice({
    orgId: key.orgId,
    channel: String(stage.context['channel']),
    title: '',
    lines: String(stage.context['message']).split('\n'),
    link: { url: `${publicUrl}/executions/${execution.id}`, label: `${execution.name} #${execution.number}` },
    key: `stage/${stage.id}/${stage.attempt}`,
    earlierAttemptAt: begun.earlierCallAt,
  });
  const end =
    result.outcome === 'posted'
      ? ({ outcome: 'succeeded' } as const)
      : ({ outcome: 'failed', error: result.message } as const);
  await runner.execute(caller, reportStage, { key, context: { posted: result.outcome }, end });
}

const senders = { email: sendMailNotice, webhook: sendWebhookNotice, microsoftteams: sendTeamsNotice };

/** A mail or a webhook that comes twice is known by its id; a second message in a channel would be seen. */
async function tell(parts: NotifyParts, notice: NoticeJob): Promise<void> {
  if (notice.via === undefined || notice.via === 'slack') return postOnce(parts, notice);
  const refusal = await senders[notice.via](parts, notice);
  if (refusal !== null)
    parts.core.log.warn({ event: 'notice-not-sent', key: notice.key, via: notice.via, why: refusal });
}

/** That it was begun is written down first: a second try looks for the first where it can, and else does not post. */
async function postOnce(parts: NotifyParts, notice: NoticeJob): Promise<void> {
  const { db, clock, log } = parts.core;
  const { orgId, key } = notice;
  const begun = await sql<{ begun_at: Date }>`
    insert into pipeline_notice (org_id, key, begun_at) values (${orgId}, ${key}, ${clock.now()})
    on conflict do nothing returning begun_at`.execute(db);
  const earlier = await sql<{ begun_at: Date }>`
    select begun_at from pipeline_notice where org_id = ${orgId} and key = ${key}`.execute(db);
  const earlierAttemptAt = begun.rows.length > 0 ? null : (earlier.rows[0]?.begun_at ?? null);
  const { channel, title, lines, link } = notice;
  const { outcome, message } = await parts.postNotice({ orgId, channel, title, lines, link, key, earlierAttemptAt });
  if (outcome === 'posted') return;
  log.warn({ event: 'notice-not-posted', key, outcome, why: message });
  if (outcome !== 'refused') return;
  await sql`delete from pipeline_notice where org_id = ${orgId} and key = ${key}`.execute(db);
  throw new Error(message);
}

const noticesKeptMs = 30 * 86_400_000;

export function oldNoticesChore({ core }: Pick<NotifyParts, 'core'>): Chore {
  return {
    name: 'old-pipeline-notices',
    everySeconds: 3_600,
    async run() {
      const before = new Date(core.clock.now().getTime() - noticesKeptMs);
      await sql`delete from pipeline_notice where begun_at < ${before}`.execute(core.db);
      await sql`delete from gate_task where asked_at < ${before}`.execute(core.db);
    },
  };
}

/** Finds out who is told of what happened, and gives each a job of its own. */
async function spreadOccasions(parts: NotifyParts, { orgId, executionId, occasions }: OccasionJob): Promise<void> {
  const whole = await loadExecution(parts.core.db, orgId, executionId);
  if (whole === null) return;
  const notices: NoticeJob[] = [];
  for (const occasion of occasions) {
    const told = toldOf(await notificationsFor(parts, whole.execution, occasion), occasion.when);
    notices.push(...told.map((each, at) => noticeOf(parts, whole, occasion, { ...each, at })));
  }
  await parts.enqueueNow<NoticeJob>(
    noticeQueue,
    notices.map((data) => ({ data })),
  );
}

interface Told extends ToldPlace {
  /** Its place among those who are told of the same. */
  readonly at: number;
}

function noticeOf(
  { core: { publicUrl } }: NotifyParts,
  { execution, stages }: WholeExecution,
  { when, refId, key }: Occasion,
  { via, channel, text, subject: ownSubject = null, body = null, at }: Told,
): NoticeJob {
  const row = stages.find((each) => each.ref_id === refId);
  const verb = when.split('.')[1] ?? '';
  const stage = refId === null ? null : stageConfig(execution, refId);
  const url = `${publicUrl}/executions/${execution.id}`;
  const filled = (own: string): string => fillPlaces(own, { id: execution.id, link: url });
  const subject = stage === null ? execution.name : `${stage.name} (${execution.name})`;
  return {
    orgId: execution.org_id,
    via,
    channel,
    title: ownSubject === null ? `${subject} ${words[verb] ?? verb}` : filled(ownSubject),
    lines: linesOf(execution, row, {
      verb,
      text: text === null ? null : filled(text),
      body: body === null ? null : filled(body),
    }),
    link: { url, label: `Open #${execution.number}` },
    key: `execution/${execution.id}/${key}/${at}`,
    about: {
      type: when,
      application: execution.application,
      pipeline: { id: execution.pipeline, name: execution.name },
      execution: { id: execution.id, number: execution.number, status: execution.status },
      ...(stage === null ? {} : { stage: { refId: stage.refId, name: stage.name, status: row?.status ?? null } }),
    },
  };
}

interface Words {
  readonly verb: string;
  readonly text: string | null;
  readonly body: string | null;
}

/** The usual ones with what is said beside them, or only somebody's own. */
function linesOf(
  execution: WholeExecution['execution'],
  row: StageRow | undefined,
  { verb, text, body }: Words,
): readonly string[] {
  if (body !== null) return body.split('\n');
  const error = row?.context['exception'] as { readonly details?: { readonly error?: string } } | undefined;
  return [
    `Application ${execution.application}, execution #${execution.number}, started by ${execution.authentication.user}.`,
    ...(verb === 'failed' && error?.details?.error !== undefined ? [error.details.error] : []),
    ...(text === null ? [] : text.split('\n')),
  ];
}

const words: Readonly<Record<string, string>> = { starting: 'started', complete: 'succeeded', failed: 'failed' };

async function notificationsFor(
  { core: { db } }: NotifyParts,
  execution: Parameters<typeof stageConfig>[0] & { readonly org_id: string; readonly application: string },
  occasion: Occasion,
): Promise<readonly NotificationConfig[]> {
  if (occasion.refId !== null) {
    const stage = stageConfig(execution, occasion.refId);
    const own = stage['notifications'];
    return stage['sendNotifications'] === true && Array.isArray(own) ? (own as NotificationConfig[]) : [];
  }
  const application = await findApplication(db, systemActor(execution.org_id, 'pipelines'), execution.application);
  const shared = application?.document['notifications'];
  return mergedNotifications(
    Array.isArray(shared) ? (shared as NotificationConfig[]) : [],
    execution.document.notifications ?? [],
  );
}
