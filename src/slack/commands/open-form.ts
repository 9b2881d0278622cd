import type { PersonRow } from '#access/person.ts';
import { toUserActor } from '#access/person.ts';
import { actionPermissions, assertMayExecute } from '#actions/action-permissions.ts';
import type { ActionRow } from '#actions/action.ts';
import { actionsOf, getShownAction, shownTo } from '#actions/action-queries.ts';
import { fillForm, formEntity } from '#actions/check-inputs.ts';
import type { ExecuteParts } from '#actions/execute-action.ts';
import { secretInputs } from '#actions/secret-inputs-rules.ts';
import type { UserActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { Problem, problem } from '#platform/problem.ts';
import { languageOf } from '../admit-sender.ts';
import { formWords } from '../blocks/form-words.ts';
import { noteView, runForm } from '../blocks/run-form.ts';
import { runRefusal } from '../blocks/run-refusal.ts';
import type { SlackView } from '../blocks/slack-view.ts';
import { formButton } from '../blocks/command-answers.ts';
import type { SlackConnection } from '../connection.ts';
import type { IdentityParts } from '../identify-person.ts';
import type { Interaction } from '../interaction.ts';
import { section, type SlackLanguage } from '../slack-message.ts';
import { slackErrorMessage } from '../slack-errors.ts';
import { recipientOf, tellSender } from '../tell-sender.ts';
import { callSlack } from '../web-api-client.ts';

export interface FormParts extends IdentityParts {
  readonly core: Core;
  readonly actions: ExecuteParts;
}

export interface WantedForm {
  /** Its identifier, or its title. */
  readonly action: string;
  readonly entity: string | null;
}

export interface Asker {
  readonly connection: SlackConnection;
  readonly interaction: Interaction;
  readonly person: PersonRow;
}

/** Opens the form of an action for somebody who just pressed or wrote something; tells them where that cannot be. */
export async function openForm(parts: FormParts, asker: Asker, wanted: WantedForm): Promise<string> {
  const { connection, interaction, person } = asker;
  const language = languageOf(person, connection);
  const { botToken: token, apiUrl } = connection;
  try {
    const view = await firstView(parts, toUserActor(person), wanted, language);
    if (token === null || interaction.triggerId === null) return await offerAgain(parts, asker, wanted);
    const opened = { trigger_id: interaction.triggerId, view };
    const answer = await callSlack(parts.http, { token, apiUrl }, 'views.open', opened);
    if (answer.ok) return 'opened';
    // Three seconds were over: pressing the button gives three more.
    if (/trigger/.test(answer.error)) return await offerAgain(parts, asker, wanted);
    throw problem('unavailable', 'slack_refused', answer.reason ?? slackErrorMessage(answer.error));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = runRefusal(error, language);
    await tellSender(parts.http, connection, recipientOf(interaction), { text, blocks: [section(text)] });
    return error.code;
  }
}

async function offerAgain({ http }: FormParts, asker: Asker, wanted: WantedForm): Promise<string> {
  const { connection, interaction, person } = asker;
  await tellSender(http, connection, recipientOf(interaction), formButton(wanted, languageOf(person, connection)));
  return 'too late';
}

async function firstView(
  parts: FormParts,
  actor: UserActor,
  wanted: WantedForm,
  language: SlackLanguage,
): Promise<SlackView> {
  const action = await namedAction(parts, actor, wanted.action);
  const { execute } = await actionPermissions(parts.core.db, actor.orgId, action.identifier);
  assertMayExecute(actor, execute);
  if (action.document.publish === false) throw problem('invalid', 'action_not_published', 'This action is a draft.');
  return viewOf(parts, actor, { action, entity: wanted.entity, given: {}, problem: null, language });
}

async function namedAction({ core }: FormParts, actor: UserActor, name: string): Promise<ActionRow> {
  const all = await actionsOf(core.db, actor.orgId, shownTo(actor));
  const asked = name.trim().toLowerCase();
  const named =
    all.find(({ identifier }) => identifier === name.trim()) ??
    all.find(({ identifier }) => identifier.toLowerCase() === asked) ??
    all.find(({ document }) => document.title?.toLowerCase() === asked);
  return named ?? getShownAction(core.db, actor, name.trim());
}

export interface FormState {
  readonly action: ActionRow;
  readonly entity: string | null;
  readonly given: Readonly<Record<string, unknown>>;
  readonly problem: string | null;
  readonly language: SlackLanguage;
}

/** The form as it stands for what was entered, or why it is filled in elsewhere. */
export async function viewOf(parts: FormParts, actor: UserActor, state: FormState): Promise<SlackView> {
  const { action, language } = state;
  const { document } = action;
  const words = formWords[language];
  const link = { url: formAddress(parts.core.publicUrl, action.identifier, state.entity), label: words.openThere };
  if (secretInputs(document.trigger.userInputs).size > 0) {
    return noteView({ action: document, language }, words.secret, link);
  }
  const inputs = document.trigger.userInputs;
  const entity = await formEntity(parts.actions, actor, action.blueprint, state.entity);
  const { form } = await fillForm(parts.actions, { actor, inputs, given: state.given, entity }, { dropHidden: true });
  const target = entity === null ? null : { identifier: String(entity['identifier']), title: titleOf(entity) };
  const asked = { action: document, form, entity: target, needsEntity: worksOnEntity(action), language };
  return runForm({ ...asked, problem: state.problem }) ?? noteView({ action: document, language }, words.tooLong, link);
}

export function worksOnEntity({ blueprint, document }: ActionRow): boolean {
  return document.trigger.operation !== 'CREATE' && blueprint !== null;
}

function titleOf({ title }: Readonly<Record<string, unknown>>): string {
  return typeof title === 'string' ? title : '';
}

export function formAddress(publicUrl: string, action: string, entity: string | null): string {
  const query = new URLSearchParams({ action, ...(entity === null ? {} : { entity }) });
  return `${publicUrl}/self-service?${query.toString()}`;
}
