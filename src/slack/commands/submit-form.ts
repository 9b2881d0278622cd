import type { PersonRow } from '#access/person.ts';
import { toUserActor } from '#access/person.ts';
import type { ActionRow } from '#actions/action.ts';
import { getShownAction } from '#actions/action-queries.ts';
import { fillForm, formEntity } from '#actions/check-inputs.ts';
import { prepareRun } from '#actions/execute-action.ts';
import { isBlank } from '#actions/resolve-form.ts';
import type { UserActor } from '#platform/commands/actor.ts';
import { Problem } from '#platform/problem.ts';
import type { NewRun } from '#runs/create-run.ts';
import { admitSender, languageOf } from '../admit-sender.ts';
import { formWords } from '../blocks/form-words.ts';
import { entityBlock, inputPrefix, noteView, runFormId } from '../blocks/run-form.ts';
import { runRefusal } from '../blocks/run-refusal.ts';
import type { SlackView } from '../blocks/slack-view.ts';
import type { SlackConnection } from '../connection.ts';
import { escapeMrkdwn } from '../escape-mrkdwn.ts';
import { recallPerson } from '../identify-person.ts';
import type { OpenView, ViewInteraction } from '../interaction.ts';
import type { FirstAnswer, InteractionHandler } from '../jobs.ts';
import { section, type SlackLanguage } from '../slack-message.ts';
import { recipientOf, tellSender } from '../tell-sender.ts';
import { callSlack, objectsOf, textOf } from '../web-api-client.ts';
import { startRun } from './start-run.ts';
import { type FormParts, viewOf } from './open-form.ts';
import { formTarget, readForm } from './read-form.ts';

/**
 * Runs an action whose form was submitted. What is wrong is said in the answer, at its field; what is right is run by
 * the job, as whoever it is found to be then, and checked once more.
 */
export function submitFormHandler(parts: FormParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'view' && interaction.view.callbackId === runFormId,
    async answer(connection, interaction) {
      if (interaction.kind !== 'view') return { reply: null, isRefused: true };
      const person = await recallPerson(parts.core, connection.orgId, interaction);
      if (person === null) return { reply: null, isRefused: false };
      return firstAnswer(parts, { person, view: interaction.view, language: languageOf(person, connection) });
    },
    async handle(connection, interaction) {
      if (interaction.kind !== 'view') return 'ignored';
      const person = await admitSender(parts, connection, interaction);
      return person === null ? 'refused' : begin(parts, { connection, interaction, person });
    },
  };
}

interface Submission {
  readonly person: PersonRow;
  readonly view: OpenView;
  readonly language: SlackLanguage;
}

async function firstAnswer(parts: FormParts, { person, view, language }: Submission): Promise<FirstAnswer> {
  const actor = toUserActor(person);
  const target = formTarget(view);
  let action: ActionRow | null = null;
  try {
    action = await getShownAction(parts.core.db, actor, target.action);
    await preparedRun(parts, actor, action, view);
    const reply = { response_action: 'update', view: noteOf(action, language, formWords[language].starting) };
    return { reply, isRefused: false };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = errorsAt(error, view);
    if (errors !== null) return { reply: { response_action: 'errors', errors }, isRefused: true };
    if (action === null) return { reply: { response_action: 'clear' }, isRefused: true };
    const given = readForm(view, action.document.trigger.userInputs);
    const problem = runRefusal(error, language);
    const again = await viewOf(parts, actor, { action, entity: target.entity, given, problem, language });
    return { reply: { response_action: 'update', view: again }, isRefused: true };
  }
}

/** By the block they belong to; null when not all have a place in this form. */
function errorsAt({ code, message, details }: Problem, view: OpenView): Readonly<Record<string, string>> | null {
  if (code === 'missing_self_service_action_entity' || code === 'entity_does_not_pass_condition') {
    return entityBlock in view.values ? { [entityBlock]: message } : null;
  }
  if (code !== 'user_inputs_schema_invalid') return null;
  const errors = new Map<string, string>();
  for (const fault of objectsOf(details?.['errors'])) {
    const block = `${inputPrefix}${textOf(fault['property'])}`;
    if (!Object.hasOwn(view.values, block)) return null;
    if (!errors.has(block)) errors.set(block, `${textOf(fault['path'])} ${textOf(fault['message'])}`.trim());
  }
  return errors.size === 0 ? null : Object.fromEntries(errors);
}

/** As the portal sends a form: what is hidden is forgotten, and what is empty is not sent. */
async function preparedRun(parts: FormParts, actor: UserActor, action: ActionRow, view: OpenView): Promise<NewRun> {
  const inputs = action.document.trigger.userInputs;
  const { entity: named } = formTarget(view);
  const entity = await formEntity(parts.actions, actor, action.blueprint, named);
  const given = readForm(view, inputs);
  const { form } = await fillForm(parts.actions, { actor, inputs, given, entity }, { dropHidden: true });
  const sent = Object.entries(form.values).filter(
    ([key, value]) => form.inputs[key]?.visible === true && !isBlank(value),
  );
  return prepareRun(parts.actions, {
    actor,
    origin: 'SLACK',
    action,
    properties: Object.fromEntries(sent),
    entity: named,
    impersonatedBy: null,
  });
}

interface Begin {
  readonly connection: SlackConnection;
  readonly interaction: ViewInteraction;
  readonly person: PersonRow;
}

async function begin(parts: FormParts, { connection, interaction, person }: Begin): Promise<string> {
  const { core } = parts;
  const actor = toUserActor(person);
  const language = languageOf(person, connection);
  const words = formWords[language];
  let action: ActionRow | null = null;
  try {
    action = await getShownAction(core.db, actor, formTarget(interaction.view).action);
    const run = await preparedRun(parts, actor, action, interaction.view);
    const asked = { interactionId: interaction.id, slackUserId: interaction.userId };
    const caller = { actor, origin: 'SLACK', requestId: null } as const;
    const { runId } = await core.runner.execute(caller, startRun, { run, ...asked });
    const title = escapeMrkdwn(action.document.title ?? action.identifier);
    const link = { url: `${core.publicUrl}/runs/${runId}`, label: words.openRun };
    const note = noteView({ action: action.document, language }, `${words.started(title)} ${words.followed}`, link);
    await show(parts, connection, interaction, note);
    return `run ${runId}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = `*${words.problem}.* ${runRefusal(error, language)}`;
    const isShown = action !== null && (await show(parts, connection, interaction, noteOf(action, language, text)));
    if (!isShown) {
      await tellSender(parts.http, connection, recipientOf(interaction), { text, blocks: [section(text)] });
    }
    return error.code;
  }
}

function noteOf({ document }: ActionRow, language: SlackLanguage, text: string): SlackView {
  return noteView({ action: document, language }, text, null);
}

/** In place of the form; whoever has closed it does without. */
async function show(
  { http }: FormParts,
  { botToken: token, apiUrl }: SlackConnection,
  { view }: ViewInteraction,
  next: SlackView,
): Promise<boolean> {
  if (token === null) return false;
  return (await callSlack(http, { token, apiUrl }, 'views.update', { view_id: view.id, view: next })).ok;
}
