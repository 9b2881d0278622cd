import { toUserActor } from '#access/person.ts';
import { findApproval, getApproval } from '#approvals/approval-queries.ts';
import { assertDecidable } from '#approvals/approval-rules.ts';
import { openBallot } from '#approvals/open-ballot.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem, problem } from '#platform/problem.ts';
import { admitSender, languageOf } from './admit-sender.ts';
import { approvalActions } from './blocks/decision-elements.ts';
import { decisionBlocks, decisionForm, decisionFormId } from './blocks/decision-form.ts';
import { decisionRefusalText } from './blocks/decision-refusal.ts';
import {
  assertCard,
  type ButtonPlace,
  type Click,
  decideAs,
  type DecideParts,
  placeOf,
  redraw,
  type ShownCard,
  shownIn,
  tellRefusal,
} from './decide-in-slack.ts';
import type { ActionsInteraction, OpenView } from './interaction.ts';
import type { FirstAnswer, InteractionHandler } from './jobs.ts';
import { slackErrorMessage } from './slack-errors.ts';
import { callSlack, textOf } from './web-api-client.ts';

/** Opens the form for a decision with a comment, for those who may decide now. */
export function decisionFormHandler(parts: DecideParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'actions' && interaction.action.actionId === approvalActions.comment,
    async handle(connection, interaction) {
      if (interaction.kind !== 'actions') return 'ignored';
      const shown = shownIn(interaction.action);
      const person = shown === null ? null : await admitSender(parts, connection, interaction);
      if (shown === null || person === null) return 'refused';
      const opening = { ...shown, connection, interaction, person, place: placeOf(interaction) };
      try {
        await open(parts, opening);
        return 'opened';
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.kind === 'conflict') await redraw(parts, opening);
        return tellRefusal(parts, opening, error);
      }
    },
  };
}

type Opening = ShownCard &
  Pick<Click, 'connection' | 'person' | 'place'> & { readonly interaction: ActionsInteraction };

async function open(parts: DecideParts, opening: Opening): Promise<void> {
  const { connection, interaction, person, place, ...shown } = opening;
  const { core, http } = parts;
  const { botToken: token, apiUrl } = connection;
  const actor = toUserActor(person);
  const approval = await getApproval(core.db, actor, shown.id);
  await assertCard(parts, opening);
  assertDecidable(approval, { attempt: shown.attempt, contentHash: shown.hash }, core.clock.now());
  await openBallot(core.db, actor, approval);
  if (token === null || interaction.triggerId === null) throw tooLate();
  const language = languageOf(person, connection);
  const ownLabels = { approve: connection.approveLabel, reject: connection.rejectLabel };
  const view = decisionForm({ approval, language, ownLabels }, JSON.stringify({ ...shown, place }));
  const answer = await callSlack(http, { token, apiUrl }, 'views.open', { trigger_id: interaction.triggerId, view });
  if (answer.ok) return;
  if (/trigger/.test(answer.error)) throw tooLate();
  throw problem('unavailable', 'slack_refused', answer.reason ?? slackErrorMessage(answer.error));
}

function tooLate(): Problem {
  return problem('unavailable', 'approval_form_late', 'The form could not be opened in time. Press the button again.');
}

/** Decides what somebody submitted, by the same command as every button. */
export function decisionSubmitHandler(parts: DecideParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'view' && interaction.view.callbackId === decisionFormId,
    async answer(connection, interaction) {
      if (interaction.kind !== 'view') return { reply: null, isRefused: true };
      return firstAnswer(parts, connection, interaction.view);
    },
    async handle(connection, interaction) {
      if (interaction.kind !== 'view') return 'ignored';
      const filled = filledIn(interaction.view);
      const person = filled === null ? null : await admitSender(parts, connection, interaction);
      return filled === null || person === null
        ? 'refused'
        : decideAs(parts, { ...filled, connection, interaction, person });
    },
  };
}

/** What is missing is said at its field, while the form is still open. */
async function firstAnswer(
  { core }: DecideParts,
  { orgId, language }: Click['connection'],
  view: OpenView,
): Promise<FirstAnswer> {
  const filled = filledIn(view);
  const approval = filled === null ? null : await findApproval(core.db, orgId, filled.id);
  const isMissing = filled?.verdict === 'approve' && filled.input === null && approval?.terms.inputs.length !== 0;
  if (approval === null || !isMissing) return { reply: null, isRefused: filled === null };
  const errors = { [decisionBlocks.choice]: decisionRefusalText('approval_input_required', language) };
  return { reply: { response_action: 'errors', errors }, isRefused: true };
}

type Filled = ShownCard & Pick<Click, 'place' | 'verdict' | 'input' | 'comment'>;

function filledIn({ privateMetadata, values }: OpenView): Filled | null {
  const shown = metadataIn(privateMetadata);
  const verdict = optionIn(values[decisionBlocks.verdict]);
  if (shown === null || (verdict !== 'approve' && verdict !== 'reject')) return null;
  const comment = textOf(values[decisionBlocks.comment]?.['value']);
  return {
    ...shown,
    verdict,
    input: optionIn(values[decisionBlocks.choice]),
    comment: comment === '' ? null : comment,
  };
}

function metadataIn(text: string): (ShownCard & { readonly place: ButtonPlace }) | null {
  const told = parsed(text);
  if (!isJsonObject(told)) return null;
  const { id, attempt, hash, place } = told;
  if (typeof id !== 'string') return null;
  const stood = isJsonObject(place) ? { channelId: textOf(place['channelId']), ts: textOf(place['ts']) } : 'home';
  return {
    id,
    attempt: typeof attempt === 'number' ? attempt : null,
    hash: typeof hash === 'string' ? hash : null,
    place: stood,
  };
}

function optionIn(element: OpenView['values'][string] | undefined): string | null {
  const option = element?.['selected_option'];
  return isJsonObject(option) && typeof option['value'] === 'string' ? option['value'] : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
