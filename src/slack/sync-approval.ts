import { createHash } from 'node:crypto';
import { personById } from '#access/people-queries.ts';
import type { PersonRow } from '#access/person.ts';
import type { Approval } from '#approvals/approval.ts';
import { findApproval, votesOf } from '#approvals/approval-queries.ts';
import { tally } from '#approvals/approval-rules.ts';
import { approverSeats, countedVotes } from '#approvals/approver-queries.ts';
import type { Core } from '#platform/core.ts';
import { languageOf } from './admit-sender.ts';
import {
  type ApprovalMessage,
  claimMessage,
  markAttempt,
  type MessageKey,
  type MessageResult,
  readMessage,
  releaseMessage,
} from './approval-message-store.ts';
import { type ApprovalCard, approvalCard } from './blocks/approval-card.ts';
import { approvalNote, type NoteKind } from './blocks/approval-note.ts';
import { hearsClicks, type SlackConnection, transportOf } from './connection.ts';
import type { SlackConnections } from './connection-store.ts';
import { findAddress, findPeople } from './find-address.ts';
import { findPostedMessage } from './find-posted-message.ts';
import {
  endsUnchanged,
  momentOf,
  personOf,
  type Place,
  placesOf,
  tellsEnd,
  waitAfter,
  withPeople,
} from './message-plan-rules.ts';
import { postMessage } from './post-message.ts';
import { isPassing, slackErrorMessage } from './slack-errors.ts';
import type { PostOutcome, SlackHttp, SlackTransport } from './slack-http.ts';
import type { SlackMessage } from './slack-message.ts';
import { callSlack } from './web-api-client.ts';

export interface SyncParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly connections: SlackConnections;
}

/** A message beside the card that an event asks for once. */
export interface WantedNote {
  readonly kind: NoteKind;
  /** Tells several of one kind apart. */
  readonly number: number;
}

/** What one message still needs: nothing, or another look after so long. */
type Rest = number | null;

/**
 * Brings every message about an approval to what stands now: posts what is missing, changes what shows something
 * else. It may run at any time, any number of times. Answers after how long it is worth trying again, or null.
 */
export async function syncApproval(
  parts: SyncParts,
  { orgId, approvalId, notes }: { orgId: string; approvalId: string; notes: readonly WantedNote[] },
): Promise<Rest> {
  const approval = await findApproval(parts.core.db, orgId, approvalId);
  const connection = await parts.connections.of(orgId);
  const transport = transportOf(connection);
  if (approval === null || connection === null || transport === null) return null;
  const rests: Rest[] = [];
  const named = placesOf(approval, defaultPlace(connection, transport));
  for (const place of await withPeople(named, async () => findPeople(parts.core.db, approval, transport))) {
    const personId = personOf(place);
    const person = personId === null ? null : await personById(parts.core.db, orgId, personId);
    const work: Work = { parts, connection, transport: inChannel(transport, place), approval, place, person };
    rests.push(await syncCard(work));
    for (const note of notes) rests.push(await syncNote(work, note));
    if (await isEndTold(work)) rests.push(await syncNote(work, { kind: 'ended', number: 1 }));
  }
  const waits = rests.filter((rest) => rest !== null);
  return waits.length === 0 ? null : Math.min(...waits);
}

/** A bot's card says itself how it ended; a webhook's can never be changed. */
async function isEndTold(work: Work): Promise<boolean> {
  const { approval, place, transport, parts } = work;
  if (tellsEnd(place, approval)) return true;
  if (transport.kind === 'bot' || approval.state === 'open') return false;
  return endsUnchanged(approval, await readMessage(parts.core.db, keyOf(work, 'card')));
}

/** An incoming webhook has a channel of its own. */
function defaultPlace(connection: SlackConnection, transport: SlackTransport): string | null {
  return transport.kind === 'webhook' ? '' : connection.channel;
}

function inChannel(transport: SlackTransport, { channel }: Place): SlackTransport {
  return transport.kind === 'webhook' ? transport : { ...transport, channel };
}

interface Work {
  readonly parts: SyncParts;
  readonly connection: SlackConnection;
  readonly transport: SlackTransport;
  readonly approval: Approval;
  readonly place: Place;
  /** Whose direct messages the place is. */
  readonly person: PersonRow | null;
}

const busyMs = 1_000;

async function syncCard(work: Work): Promise<Rest> {
  if (!work.place.when.has('awaiting')) return null;
  const { core } = work.parts;
  const key = keyOf(work, 'card');
  const message = await claimMessage(core.db, key, core.clock.now());
  if (message === null) return busyMs;
  // Read again while it is held: whoever held it before may have shown something newer.
  const approval = (await findApproval(core.db, key.orgId, key.approvalId)) ?? work.approval;
  const shown = approvalCard(await cardOf({ ...work, approval }));
  return settle(work, key, message, await bringCard(work, { key, message, shown, isOpen: approval.state === 'open' }));
}

interface CardWork {
  readonly key: MessageKey;
  readonly message: ApprovalMessage;
  readonly shown: SlackMessage;
  readonly isOpen: boolean;
}

async function bringCard(work: Work, card: CardWork): Promise<MessageResult> {
  const { message, shown, isOpen } = card;
  const hash = hashOf(shown);
  if (message.state === 'needless' || message.shown === hash) return { ...message, error: null };
  // What a webhook posted stands as it is.
  if (message.state === 'posted' && work.transport.kind === 'webhook') return { ...message, error: null };
  if (message.ts !== null && message.channelId !== null) return changeCard(work, card, hash);
  const result = isOpen ? await post(work, { ...card, hash }) : await lookForCard(work, card);
  return result.state === 'posted' && result.shown !== hash
    ? changeCard(work, { ...card, message: { ...message, ...result } }, hash)
    : result;
}

/** What never stood in Slack need not be told of when it is over; what may stand there is looked for. */
async function lookForCard(work: Work, { key, message }: CardWork): Promise<MessageResult> {
  const { parts } = work;
  if (message.attemptedAt === null) return { ...message, state: 'needless', error: null };
  const transport = await findAddress(work, message);
  if ('state' in transport) return transport;
  if (transport.kind !== 'bot') return { ...message, error: null };
  const sought = { key: messageName(key), attemptedAt: message.attemptedAt.getTime() };
  const found = await findPostedMessage(parts.http, transport, sought);
  if (found.found === 'no') return { ...message, state: 'needless', error: null };
  if (found.found === 'cannot-tell') return { ...message, state: 'unknown', error: found.message };
  return { state: 'posted', channelId: found.channel, ts: found.ts, shown: null, error: null };
}

/** Names one message for ever. */
function messageName({ orgId, approvalId, place, kind }: MessageKey): string {
  return [orgId, approvalId, place, kind].join('/');
}

interface Posting {
  readonly key: MessageKey;
  readonly message: ApprovalMessage;
  readonly shown: SlackMessage;
  readonly hash: string;
  readonly threadTs?: string | undefined;
}

async function post(work: Work, { key, message, shown, hash, threadTs }: Posting): Promise<MessageResult> {
  const { core, http } = work.parts;
  const transport = await findAddress(work, message);
  if ('state' in transport) return transport;
  const earlier = message.attemptedAt === null ? {} : { mayBePosted: true, attemptedAt: message.attemptedAt.getTime() };
  await markAttempt(core.db, key, core.clock.now());
  const outcome = await postMessage(http, {
    transport,
    message: shown,
    key: messageName(key),
    threadTs,
    ...earlier,
  });
  return resultOf(message, outcome, hash);
}

function resultOf(message: ApprovalMessage, outcome: PostOutcome, hash: string): MessageResult {
  if (outcome.outcome === 'posted') {
    const place = { channelId: outcome.channel ?? null, ts: outcome.ts ?? null };
    // What was found from an earlier try may show an earlier state.
    return { state: 'posted', ...place, shown: outcome.found === true ? null : hash, error: null };
  }
  if (outcome.outcome === 'unknown') return { ...message, state: 'unknown', error: outcome.message };
  const state = isPassing(outcome.error) ? 'wanted' : 'undeliverable';
  const { retryAfterMs } = outcome;
  return { ...message, state, error: outcome.message, notSent: message.attemptedAt === null, retryAfterMs };
}

/** Repeating a change is harmless, so its answer need not be known. */
async function changeCard(work: Work, { message, shown }: CardWork, hash: string): Promise<MessageResult> {
  const { transport, parts } = work;
  if (transport.kind !== 'bot') return { ...message, error: null };
  const answer = await callSlack(parts.http, transport, 'chat.update', {
    channel: message.channelId,
    ts: message.ts,
    text: shown.text,
    blocks: shown.blocks,
  });
  if (answer.ok) return { ...message, state: 'posted', shown: hash, error: null };
  const isPast = answer.mayHaveArrived || isPassing(answer.error);
  const error = answer.reason ?? slackErrorMessage(answer.error, work.place.channel);
  // Somebody deleted it: what comes next is said in a new one.
  const place = answer.error === 'message_not_found' ? { channelId: null, ts: null, shown: null } : {};
  const state = isPast ? message.state : 'undeliverable';
  const isFinal = unchangeable.has(answer.error);
  return { ...message, ...place, state, error, isFinal, retryAfterMs: answer.retryAfterMs };
}

/** Trying again would change nothing about these. */
const unchangeable: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

async function syncNote(work: Work, note: WantedNote): Promise<Rest> {
  const { core } = work.parts;
  const key = keyOf(work, note.kind === 'reminder' ? `reminder-${note.number}` : note.kind);
  // A reminder that comes after the end reminds of nothing.
  if (note.kind !== 'ended' && work.approval.state !== 'open') return null;
  const card = await readMessage(core.db, keyOf(work, 'card'));
  const message = await claimMessage(core.db, key, core.clock.now());
  if (message === null) return busyMs;
  const shown = approvalNote(note.kind, await cardOf(work));
  const isDone = message.state === 'posted' || message.state === 'needless';
  const below = isDone ? { ...message, error: null } : await placeBelow(work, card, message);
  const result =
    'state' in below
      ? below
      : await post({ ...work, ...below }, { ...below, key, message, shown, hash: hashOf(shown) });
  return settle(work, key, message, result);
}

interface BelowCard {
  readonly transport: SlackTransport;
  readonly threadTs?: string;
}

/** Below the card. Whose direct messages those are is asked again: the account may have been taken from them. */
async function placeBelow(
  work: Work,
  card: ApprovalMessage | null,
  message: ApprovalMessage,
): Promise<BelowCard | MessageResult> {
  const { transport, person } = work;
  if (transport.kind !== 'bot' || !card?.channelId || !card.ts) return { transport };
  const below = { transport: { ...transport, channel: card.channelId }, threadTs: card.ts };
  if (person === null) return below;
  const found = await findAddress(work, message);
  if ('state' in found || found.kind !== 'bot') return 'state' in found ? found : below;
  const isElsewhere = found.channel.startsWith('D') && found.channel !== card.channelId;
  return isElsewhere ? { transport: found } : below;
}

function keyOf({ approval, place }: Work, kind: string): MessageKey {
  return { orgId: approval.orgId, approvalId: approval.id, place: place.channel, kind };
}

/** Unknown webhook posts are not looked for again: nobody could tell. */
async function settle(
  { parts, transport }: Work,
  key: MessageKey,
  before: ApprovalMessage,
  result: MessageResult,
): Promise<Rest> {
  await releaseMessage(parts.core.db, key, result, parts.core.clock.now());
  if (result.error === null) return null;
  parts.core.log.warn({ event: 'slack-message-failed', approval: key.approvalId, kind: key.kind, state: result.state });
  if (result.isFinal === true || (result.state === 'unknown' && transport.kind === 'webhook')) return null;
  return Math.max(waitAfter(before.tries), result.retryAfterMs ?? 0);
}

async function cardOf({ parts, connection, transport, approval, place, person }: Work): Promise<ApprovalCard> {
  const { db, publicUrl } = parts.core;
  const moment = momentOf(approval);
  const votes = countedVotes(await votesOf(db, approval.orgId, approval.id));
  const voted = new Set(votes.flatMap(({ fills }) => fills));
  const seats = approval.state === 'open' ? await approverSeats(db, approval) : [];
  return {
    approval,
    progress: tally(approval.terms.quorum, seats, votes).progress,
    waiting: seats.filter(({ personId }) => !voted.has(personId)),
    text: (moment === null ? undefined : place.texts[moment]) ?? null,
    publicUrl,
    language: person === null ? connection.language : languageOf(person, connection),
    ownLabels: { approve: connection.approveLabel, reject: connection.rejectLabel },
    withButtons: transport.kind === 'bot' && hearsClicks(connection),
  };
}

function hashOf(message: SlackMessage): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('base64url');
}
