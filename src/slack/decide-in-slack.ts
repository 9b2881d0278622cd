import type { DecideResult, Decision } from '#approvals/decide-approval.ts';
import { toUserActor, type PersonRow } from '#access/person.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { admitSender, languageOf } from './admit-sender.ts';
import { isCardOf } from './approval-message-store.ts';
import { approvalActions } from './blocks/approval-card.ts';
import { decisionRefusal } from './blocks/decision-refusal.ts';
import type { SlackConnection } from './connection.ts';
import type { IdentityParts } from './identify-person.ts';
import type { ActionsInteraction } from './interaction.ts';
import { markHomes } from './home/home-store.ts';
import { type ApprovalJob, approvalQueue, type HomeJob, homeQueue, type InteractionHandler } from './jobs.ts';
import { recipientOf, tellSender } from './tell-sender.ts';

export interface DecideParts extends IdentityParts {
  readonly decide: Command<Decision, DecideResult>;
  readonly enqueueNow: <Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]) => Promise<void>;
}

interface Pressed {
  readonly id: string;
  readonly attempt: number | null;
  readonly hash: string | null;
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
      return person === null ? 'refused' : decide(parts, { connection, interaction, pressed, person });
    },
  };
}

/** Null for what decides nothing, such as a choice in the select. */
function pressedIn({ action }: ActionsInteraction): Pressed | null {
  const [, id = '', attempt = ''] = action.blockId.split(':');
  const verdict = verdictOf(action.actionId, action.value);
  if (verdict === null || id === '') return null;
  const shown = jsonOf(action.value);
  const told = isJsonObject(shown) ? shown : {};
  return {
    id,
    attempt: /^\d{1,9}$/.test(attempt) ? Number(attempt) : null,
    hash: typeof told['hash'] === 'string' ? told['hash'] : null,
    verdict,
  };
}

/** Older messages say it by their value. */
function verdictOf(actionId: string, value: string): Pressed['verdict'] | null {
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

interface Click {
  readonly connection: SlackConnection;
  readonly interaction: ActionsInteraction;
  readonly pressed: Pressed;
  readonly person: PersonRow;
}

async function decide(parts: DecideParts, click: Click): Promise<string> {
  const { connection, interaction, pressed, person } = click;
  const { core, http } = parts;
  const { orgId } = connection;
  const message = { channelId: interaction.channelId, ts: interaction.messageTs };
  const caller: Caller = { actor: toUserActor(person), origin: 'SLACK', requestId: null };
  try {
    // A home tab is nobody's but the person's, and shows what waits for them.
    const isHome = interaction.view?.type === 'home';
    if (!isHome && !(await isCardOf(core.db, { orgId, approvalId: pressed.id }, message))) {
      throw new Problem('conflict', 'approval_other_message', 'This message is not the card of that approval.');
    }
    await core.runner.execute(caller, parts.decide, {
      id: pressed.id,
      verdict: pressed.verdict,
      input: choiceIn(interaction),
      seen: { attempt: pressed.attempt, contentHash: pressed.hash },
      through: 'slack',
    });
    return pressed.verdict;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === 'conflict') await redraw(parts, click);
    // Their own earlier click, or this very one whose end was not recorded.
    if (error.details?.['decidedBy'] === person.id) return 'decided before';
    const told = decisionRefusal(error, languageOf(person, connection));
    await tellSender(http, connection, recipientOf(interaction), told);
    return error.code;
  }
}

/** What is chosen beside the button; a home tab has a choice for each approval. */
function choiceIn({ view, action, chosen }: ActionsInteraction): string | null {
  if (view == null) return chosen[approvalActions.choice] ?? null;
  const option = view.values[action.blockId]?.['selected_option'];
  return isJsonObject(option) && typeof option['value'] === 'string' ? option['value'] : null;
}

/** The card shows what is no longer so, or its change was lost. */
async function redraw(parts: DecideParts, { connection, interaction, pressed, person }: Click): Promise<void> {
  const { orgId } = connection;
  const approvalId = pressed.id;
  if (interaction.view?.type === 'home') {
    const { db, clock } = parts.core;
    await markHomes(db, { orgId, now: clock.now() }, { approvals: [], people: [person.id] });
    await parts.enqueueNow<HomeJob>(homeQueue, [{ data: { orgId } }]);
  }
  await parts.enqueueNow<ApprovalJob>(approvalQueue, [
    { data: { orgId, approvalId, notes: [], tries: 0 }, group: approvalId },
  ]);
}
