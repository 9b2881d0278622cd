import { createHash } from 'node:crypto';
import { personById } from '#access/people-queries.ts';
import { toUserActor } from '#access/person.ts';
import type { Core } from '#platform/core.ts';
import { findRun } from '#runs/run-queries.ts';
import { isTiedTo } from '../accounts/account-queries.ts';
import { languageOf } from '../admit-sender.ts';
import { runMessage } from '../blocks/run-message.ts';
import type { SlackConnection } from '../connection.ts';
import type { SlackConnections } from '../connection-store.ts';
import { waitAfter } from '../message-plan-rules.ts';
import { openConversation } from '../open-conversation.ts';
import { postMessage } from '../post-message.ts';
import { isPassing, slackErrorMessage } from '../slack-errors.ts';
import type { SlackHttp } from '../slack-http.ts';
import type { SlackMessage } from '../slack-message.ts';
import { callSlack } from '../web-api-client.ts';
import {
  claimRunMessage,
  markRunAttempt,
  releaseRunMessage,
  type RunMessage,
  type RunMessageResult,
} from './run-message-store.ts';

export interface RunMessageParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly connections: SlackConnections;
}

interface Wanted {
  readonly orgId: string;
  readonly runId: string;
}

const busyMs = 1_000;

/**
 * Brings the direct message about a run to what stands now. It may run at any time, any number of times. Answers after
 * how long it is worth trying again, or null.
 */
export async function syncRunMessage(parts: RunMessageParts, { orgId, runId }: Wanted): Promise<number | null> {
  const { core } = parts;
  const message = await claimRunMessage(core.db, orgId, runId, core.clock.now());
  if (message === null) return null;
  if (message === 'busy') return busyMs;
  const result = await bring(parts, { orgId, runId }, message).catch(async (error: unknown) => {
    await releaseRunMessage(core.db, orgId, runId, { ...message, error: 'failed' });
    throw error;
  });
  await releaseRunMessage(core.db, orgId, runId, result);
  if (result.error === null || result.state === 'undeliverable' || result.state === 'unknown') return null;
  core.log.warn({ event: 'slack-run-message-failed', run: runId, state: result.state });
  return Math.max(waitAfter(message.tries), result.retryAfterMs ?? 0);
}

type Brought = RunMessageResult & { readonly retryAfterMs?: number | undefined };

async function bring(parts: RunMessageParts, { orgId, runId }: Wanted, message: RunMessage): Promise<Brought> {
  const { db, publicUrl } = parts.core;
  const connection = await parts.connections.of(orgId);
  const person = await personById(db, orgId, message.personId);
  const run = person === null ? null : await findRun(db, toUserActor(person), runId);
  // Nothing more is told in an account that was taken from whoever started the run.
  const isTheirs = await isTiedTo(db, orgId, { userId: message.slackUserId }, message.personId);
  if (connection === null || connection.botToken === null || person === null || run === null || !isTheirs) {
    return { ...message, error: null };
  }
  const shown = runMessage(run, publicUrl, languageOf(person, connection));
  const hash = createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
  if (message.shown === hash) return { ...message, error: null };
  const work: Work = { parts, orgId, runId, token: connection.botToken, connection, message, shown, hash };
  return message.ts === null || message.channelId === null ? post(work) : change(work);
}

interface Work extends Wanted {
  readonly parts: RunMessageParts;
  readonly token: string;
  readonly connection: SlackConnection;
  readonly message: RunMessage;
  readonly shown: SlackMessage;
  readonly hash: string;
}

async function post(work: Work): Promise<Brought> {
  const { parts, orgId, runId, token, connection, message, shown, hash } = work;
  const { core, http } = parts;
  const account = { token, apiUrl: connection.apiUrl };
  const channel = message.channelId ?? (await openConversation(http, account, message.slackUserId));
  const earlier = message.attemptedAt === null ? {} : { mayBePosted: true, attemptedAt: message.attemptedAt.getTime() };
  await markRunAttempt(core.db, orgId, runId, core.clock.now());
  const outcome = await postMessage(http, {
    transport: { kind: 'bot', token, apiUrl: connection.apiUrl, channel },
    message: shown,
    key: [orgId, runId, 'run'].join('/'),
    ...earlier,
  });
  if (outcome.outcome === 'posted') {
    const place = { channelId: outcome.channel ?? channel, ts: outcome.ts ?? null };
    return { state: 'posted', ...place, shown: outcome.found === true ? null : hash, error: null };
  }
  if (outcome.outcome === 'unknown') return { ...message, state: 'unknown', error: outcome.message };
  const state = isPassing(outcome.error) ? 'wanted' : 'undeliverable';
  const notSent = message.attemptedAt === null;
  return { ...message, state, error: outcome.message, notSent, retryAfterMs: outcome.retryAfterMs };
}

/** Repeating a change is harmless, so its answer need not be known. */
async function change({ parts, token, connection, message, shown, hash }: Work): Promise<Brought> {
  const account = { token, apiUrl: connection.apiUrl };
  const { channelId: channel, ts } = message;
  const answer = await callSlack(parts.http, account, 'chat.update', { channel, ts, ...shown });
  if (answer.ok) return { ...message, state: 'posted', shown: hash, error: null };
  const isPast = answer.mayHaveArrived || isPassing(answer.error);
  const error = answer.reason ?? slackErrorMessage(answer.error);
  return { ...message, state: isPast ? message.state : 'undeliverable', error, retryAfterMs: answer.retryAfterMs };
}
