import { findApproval } from '#approvals/approval-queries.ts';
import type { DecideResult, Decision } from '#approvals/decide-approval.ts';
import { toUserActor, type PersonRow } from '#access/person.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { admitSender, languageOf } from './admit-sender.ts';
import { isCardOf } from './approval-message-store.ts';
import { approvalActions, chosenInput } from './blocks/decision-elements.ts';
import { decisionRefusal } from './blocks/decision-refusal.ts';
import type { SlackConnection } from './connection.ts';
import type { IdentityParts } from './identify-person.ts';
import type { ActionsInteraction, Interaction } from './interaction.ts';
import { markHomes } from './home/home-store.ts';
import { type ApprovalJob, approvalQueue, type HomeJob, homeQueue, type InteractionHandler } from './jobs.ts';
import { recipientOf, tellSender } from './tell-sender.ts';

export interface DecideParts extends IdentityParts {
  readonly decide: Command<Decision, DecideResult>;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

/** What a card showed, as its buttons tell it. */
export interface ShownCard {
  readonly id: string;
  readonly attempt: number | null;
  readonly hash: string | null;
}

interface Pressed extends ShownCard {
  readonly verdict: 'approve' | 'reject';
}

/** Decides what somebody pressed on a card, as that person and by the same command as every other door. */
export function approvalHandler(parts: DecideParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'actions' && interaction.action.blockId.startsWith('approval:'),
    async handle(connection, interaction) {
      if (interaction.kind !== 'actions') return 'ignored';
      const pressed = pressedIn(interaction);
      if (pressed === null) return 'noted';
      const person = await admitSender(parts, connection, interaction);
      if (person === null) return 'refused';
      const place = placeOf(interaction);
      return decideAs(parts, { connection, interaction, person, place, ...pressed, input: choiceIn(interaction) });
    },
  };
}

/** Null for what decides nothing, such as a choice in the select. */
function pressedIn({ action }: ActionsInteraction): Pressed | null {
  const verdict = verdictOf(action.actionId, action.value);
  const shown = shownIn(action);
  return verdict === null || shown === null ? null : { ...shown, verdict };
}

export function shownIn({ blockId, value }: ActionsInteraction['action']): ShownCard | null {
  const [, id = '', attempt = ''] = blockId.split(':');
  const told = jsonOf(value);
  const hash = isJsonObject(told) && typeof told['hash'] === 'string' ? told['hash'] : null;
  return id === '' ? null : { id, attempt: /^\d{1,9}$/.test(attempt) ? Number(attempt) : null, hash };
}

/** Older messages say it by their value; options beside a button may be called anything. */
function verdictOf(actionId: string, value: string): Pressed['verdict'] | null {
  if (actionId === approvalActions.choice) return null;
  if (actionId === approvalActions.approve || /^(approve|continue)$/i.test(value)) return 'approve';
  return actionId === approvalActions.reject || /^(reject|stop)$/i.test(value) ? 'reject' : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Where the buttons stood: a home tab is nobody's but the person's, and shows what waits for them. */
export type ButtonPlace = { readonly channelId: string; readonly ts: string } | 'home';

export function placeOf({ view, channelId, messageTs }: ActionsInteraction): ButtonPlace {
  return view?.type === 'home' ? 'home' : { channelId, ts: messageTs };
}

export interface Click extends Pressed {
  readonly connection: SlackConnection;
  readonly interaction: Interaction;
  readonly person: PersonRow;
  readonly place: ButtonPlace;
  readonly input: string | null;
  readonly comment?: string | null;
}

/** Decides as somebody who was identified; tells them, and nobody else, why it could not be. */
export async function decideAs(parts: DecideParts, click: Click): Promise<string> {
  const { orgId } = click.connection;
  const { id, verdict, attempt, hash: contentHash, comment } = click;
  const caller: Caller = { actor: toUserActor(click.person), origin: 'SLACK', requestId: null };
  try {
    const approval = await findApproval(parts.core.db, orgId, id);
    await assertCard(parts, click);
    const input = approval === null ? click.input : chosenInput(approval, click.input);
    const seen = { attempt, contentHash };
    await parts.core.runner.execute(caller, parts.decide, { id, verdict, input, comment, seen, through: 'slack' });
    return verdict;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === 'conflict') await redraw(parts, click);
    // Their own earlier click, or this very one whose end was not recorded.
    if (error.details?.['decidedBy'] === click.person.id) return 'decided before';
    return tellRefusal(parts, click, error);
  }
}

/** A message of somewhere else decides nothing, whatever stands on its buttons. */
export async function assertCard(
  { core }: DecideParts,
  { connection: { orgId }, id: approvalId, place }: Pick<Click, 'connection' | 'id' | 'place'>,
): Promise<void> {
  if (place === 'home' || (await isCardOf(core.db, { orgId, approvalId }, place))) return;
  throw new Problem('conflict', 'approval_other_message', 'This message is not the card of that approval.');
}

export async function tellRefusal(
  { http }: DecideParts,
  { connection, interaction, person, place }: Pick<Click, 'connection' | 'interaction' | 'person' | 'place'>,
  problem: Problem,
): Promise<string> {
  const recipient = recipientOf(interaction);
  const channelId = place === 'home' ? '' : place.channelId;
  const told = decisionRefusal(problem, languageOf(person, connection));
  await tellSender(http, connection, { ...recipient, channelId }, told);
  return problem.code;
}

/** What is chosen beside the button; a home tab has a choice for each approval. */
function choiceIn({ view, action, chosen }: ActionsInteraction): string | null {
  if (view == null) return chosen[approvalActions.choice] ?? null;
  const option = view.values[action.blockId]?.['selected_option'];
  return isJsonObject(option) && typeof option['value'] === 'string' ? option['value'] : null;
}

/** The card shows what is no longer so, or its change was lost. */
export async function redraw(
  parts: DecideParts,
  { connection: { orgId }, id: approvalId, place, person }: Pick<Click, 'connection' | 'id' | 'place' | 'person'>,
): Promise<void> {
  if (place === 'home') {
    const { db, clock } = parts.core;
    await markHomes(db, { orgId, now: clock.now() }, { approvals: [], people: [person.id] });
    await parts.enqueueNow<HomeJob>(homeQueue, [{ data: { orgId } }]);
  }
  await parts.enqueueNow<ApprovalJob>(approvalQueue, [
    { data: { orgId, approvalId, notes: [], tries: 0 }, group: approvalId },
  ]);
}
