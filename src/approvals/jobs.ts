import { personByEmailIn } from '#access/people-queries.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type JobHandler, jobHandler } from '#platform/jobs/job.ts';
import type { Mailer } from '#platform/mail/mailer.ts';
import { Problem, problem } from '#platform/problem.ts';
import type { ApprovalNotification } from './approval.ts';
import { findApproval } from './approval-queries.ts';
import {
  customText,
  mailText,
  momentOf,
  slackBody,
  teamsBody,
  type Told,
  webhookBody,
} from './notification-message.ts';
import type { NotificationOccasion } from './notification-words.ts';
import { type NotificationResult, recordNotification, wasNotified } from './record-notification.ts';

export const notifyQueue = 'approval-notify';

export interface NotifyJob {
  readonly orgId: string;
  readonly approvalId: string;
  /** Id of the event that is told. */
  readonly cause: string;
  readonly occasion: NotificationOccasion;
  /** Which notification of the approval. */
  readonly index: number;
  /** Null where the notification names its address. */
  readonly address: string | null;
}

export interface NotifyParts {
  readonly core: Core;
  readonly egress: Egress;
  /** Null while no mail server is configured: then nothing is sent. */
  readonly mailer: Mailer | null;
  readonly signingSecret: (orgId: string) => Promise<string>;
}

type Outcome = Pick<NotificationResult, 'outcome' | 'reason'>;

/** With waits of up to a minute, about half an hour; then it is among the background work that was given up. */
const retryLimit = 35;
const timeoutMs = 15_000;
const firstServerError = 500;

export function approvalJobs(parts: NotifyParts): readonly JobHandler[] {
  return [jobHandler<NotifyJob>({ queue: notifyQueue, retryLimit, run: async (job) => notify(parts, job) })];
}

async function notify(parts: NotifyParts, job: NotifyJob): Promise<void> {
  const { db, runner, publicUrl } = parts.core;
  const approval = await findApproval(db, job.orgId, job.approvalId);
  const notification = approval?.terms.notifications[job.index];
  if (approval === null || notification === undefined || (await wasNotified(db, job.orgId, job))) return;
  // Nobody is asked about what is over; an answer that came late is still worth telling.
  if (approval.state !== 'open' && momentOf[job.occasion] === 'awaiting') return;
  const told = { approval, occasion: job.occasion, publicUrl, text: customText(notification, job.occasion) };
  const outcome = await tell(parts, job, notification, told);
  if (outcome === null) return;
  const caller = { actor: systemActor(job.orgId, 'approvals'), origin: 'SYSTEM', requestId: null } as const;
  const { approvalId, cause, index, address, occasion } = job;
  const result = { approvalId, cause, index, address, occasion, via: notification.via, ...outcome };
  await runner.execute(caller, recordNotification, result);
}

/** Null when there is no way to tell it in this installation. Throws when trying again may help. */
async function tell(
  parts: NotifyParts,
  job: NotifyJob,
  notification: ApprovalNotification,
  told: Told,
): Promise<Outcome | null> {
  if (notification.via === 'slack') return null;
  if (notification.via === 'webhook') return postWebhook(parts, job, notification, told);
  if (parts.mailer === null) return null;
  const to = notification.via === 'email' ? notification.address : job.address;
  if (to === null) return null;
  const person = await personByEmailIn(parts.core.db, job.orgId, to);
  const sent = await parts.mailer.send({
    to,
    ...mailText(told, person?.preferences.language),
    id: `${job.cause}.${job.index}`,
  });
  return { outcome: sent.outcome, reason: sent.outcome === 'refused' ? sent.reason : null };
}

async function postWebhook(
  parts: NotifyParts,
  job: NotifyJob,
  { url, format, about }: Extract<ApprovalNotification, { readonly via: 'webhook' }>,
  told: Told,
): Promise<Outcome> {
  // What people read is not signed for a program.
  const isShownToPeople = format === 'slack' || format === 'teams';
  const body = format === 'slack' ? slackBody(told) : format === 'teams' ? teamsBody(told) : webhookBody(told, about);
  const rawBody = JSON.stringify(body);
  const signature = isShownToPeople
    ? {}
    : {
        'Webhook-Id': `${job.cause}.${job.index}`,
        ...signPortWebhook({
          secret: await parts.signingSecret(job.orgId),
          timestampMs: parts.core.clock.now().getTime(),
          rawBody,
        }),
      };
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'quayside', ...signature };
  try {
    const answer = await parts.egress.request({ url, method: 'POST', body: rawBody, headers, timeoutMs });
    if (answer.ok) return { outcome: 'sent', reason: null };
    if (answer.status < firstServerError && answer.status !== 429 && answer.status !== 408) {
      return { outcome: 'refused', reason: `Answered ${answer.status}.` };
    }
    throw problem('unavailable', 'notification_not_sent', `The webhook answered ${answer.status}.`);
  } catch (error) {
    return failureOf(error, isShownToPeople);
  }
}

/** A channel shows a message twice, so what may have arrived is not sent again; a listener tells repeats by their id. */
function failureOf(error: unknown, isShownToPeople: boolean): Outcome {
  if (error instanceof EgressFailure && error.requestSent && isShownToPeople) {
    return { outcome: 'unknown', reason: error.message };
  }
  if (error instanceof Problem && error.kind !== 'unavailable') return { outcome: 'refused', reason: error.message };
  throw error;
}
