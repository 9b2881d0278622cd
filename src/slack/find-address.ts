import type { PersonRow } from '#access/person.ts';
import type { Approval } from '#approvals/approval.ts';
import { delegationsOf } from '#approvals/approval-queries.ts';
import { approverSeats } from '#approvals/approver-queries.ts';
import type { Core } from '#platform/core.ts';
import type { Db } from '#platform/db/handles.ts';
import { type ApprovalMessage, type MessageResult, peopleTold } from './approval-message-store.ts';
import type { SlackConnection } from './connection.ts';
import { findSlackPerson } from './find-slack-person.ts';
import { personOf, type Place } from './message-plan-rules.ts';
import { isPassing, slackErrorMessage } from './slack-errors.ts';
import type { SlackHttp, SlackTransport } from './slack-http.ts';

interface AddressParts {
  readonly parts: { readonly core: Core; readonly http: SlackHttp };
  readonly connection: SlackConnection;
  readonly transport: SlackTransport;
  readonly place: Place;
  /** Whose direct messages the place is. */
  readonly person: PersonRow | null;
}

/** Where to post. Somebody's direct messages are found first; who is not in Slack need not be written to there. */
export async function findAddress(
  { parts, connection, transport, person, place }: AddressParts,
  message: ApprovalMessage,
): Promise<SlackTransport | MessageResult> {
  const isFound = transport.kind === 'webhook' || personOf(place) === null || !transport.channel.startsWith('@');
  if (isFound) return transport;
  if (person?.status !== 'ACTIVE') return { ...message, state: 'needless', error: null };
  const found = await findSlackPerson({ db: parts.core.db, http: parts.http }, connection, person);
  if (found.found === 'yes') return { ...transport, channel: found.channelId };
  if (found.found === 'no') return { ...message, state: 'needless', error: null };
  const { error: code, reason, mayHaveArrived, retryAfterMs } = found.answer;
  const state = mayHaveArrived || isPassing(code) ? 'wanted' : 'undeliverable';
  return { ...message, state, error: reason ?? slackErrorMessage(code), retryAfterMs };
}

const mostWrittenTo = 50;

/**
 * Who was written to, so that their cards stay true, and who may decide now, for themselves or in the place of somebody
 * who may. A webhook writes to nobody.
 */
export async function findPeople(db: Db, approval: Approval, transport: SlackTransport): Promise<readonly string[]> {
  if (transport.kind === 'webhook') return [];
  const told = await peopleTold(db, { orgId: approval.orgId, approvalId: approval.id });
  if (approval.state !== 'open') return told;
  const seats = (await approverSeats(db, approval)).map(({ personId }) => personId);
  const delegations = await delegationsOf(db, approval.orgId, approval.id);
  const delegates = delegations.filter(({ fromPerson }) => seats.includes(fromPerson)).map((each) => each.toPerson);
  return [...told, ...delegates, ...seats.slice(0, mostWrittenTo)];
}
