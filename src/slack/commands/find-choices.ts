import { sql } from 'kysely';
import { peopleOf } from '#access/people-queries.ts';
import { toUserActor } from '#access/person.ts';
import type { ActionRow, UserInput } from '#actions/action.ts';
import { getShownAction } from '#actions/action-queries.ts';
import { fillForm, formEntity } from '#actions/check-inputs.ts';
import { entityBlueprint } from '#actions/load-input-entities.ts';
import type { ResolvedInput } from '#actions/resolve-form.ts';
import type { UserActor } from '#platform/commands/actor.ts';
import type { JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import { itemFormat } from '../blocks/form-input.ts';
import { entityBlock, inputPrefix, runFormId } from '../blocks/run-form.ts';
import { optionOf, type SlackOption, viewLimits } from '../blocks/slack-view.ts';
import type { SlackConnection } from '../connection.ts';
import { escapePlainText } from '../escape-mrkdwn.ts';
import { recallPerson } from '../identify-person.ts';
import type { ChoiceRequest } from '../interaction.ts';
import { type FormParts, worksOnEntity } from './open-form.ts';
import { formTarget, readForm } from './read-form.ts';

interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/** What a select of a form offers for what was typed, as its reader may see it. Reads only. */
export async function findChoices(
  parts: FormParts,
  { orgId }: SlackConnection,
  request: ChoiceRequest,
): Promise<{ readonly options: readonly SlackOption[] }> {
  const person = request.view.callbackId === runFormId ? await recallPerson(parts.core, orgId, request) : null;
  if (person === null) return { options: [] };
  try {
    const choices = await choicesOf(parts, toUserActor(person), request);
    const options = choices.flatMap(({ value, label }) => {
      const option = optionOf(value, escapePlainText(label, viewLimits.optionText));
      return option === null ? [] : [option];
    });
    return { options: options.slice(0, viewLimits.options) };
  } catch (error) {
    if (error instanceof Problem) return { options: [] };
    throw error;
  }
}

async function choicesOf(parts: FormParts, actor: UserActor, request: ChoiceRequest): Promise<readonly Choice[]> {
  const target = formTarget(request.view);
  const action = await getShownAction(parts.core.db, actor, target.action);
  if (request.blockId === entityBlock) return entitiesToWorkOn(parts, actor, action, request.text);
  const inputs = action.document.trigger.userInputs;
  const key = request.blockId.startsWith(inputPrefix) ? request.blockId.slice(inputPrefix.length) : '';
  const input = Object.hasOwn(inputs.properties, key) ? inputs.properties[key] : undefined;
  if (input === undefined) return [];
  const entity = await formEntity(parts.actions, actor, action.blueprint, target.entity);
  const given = readForm(request.view, inputs);
  const { form } = await fillForm(parts.actions, { actor, inputs, given, entity }, { dropHidden: true });
  const resolved = form.inputs[key];
  return resolved?.visible === true ? choicesFor(parts, actor, { input, resolved, text: request.text }) : [];
}

async function entitiesToWorkOn(
  parts: FormParts,
  actor: UserActor,
  action: ActionRow,
  text: string,
): Promise<readonly Choice[]> {
  if (!worksOnEntity(action) || action.blueprint === null) return [];
  const { condition } = action.document.trigger;
  return entitiesOf(parts, actor, { blueprint: action.blueprint, dataset: condition, text });
}

interface Question {
  readonly input: UserInput;
  readonly resolved: ResolvedInput;
  readonly text: string;
}

async function choicesFor(
  parts: FormParts,
  actor: UserActor,
  { input, resolved, text }: Question,
): Promise<readonly Choice[]> {
  const blueprint = entityBlueprint(input);
  if (blueprint !== null) return entitiesOf(parts, actor, { blueprint, dataset: resolved.dataset, text });
  const format = itemFormat(input);
  if (format === 'user') return among(await people(parts, actor), text);
  if (format === 'team') return among(await teams(parts, actor), text);
  return among(
    (resolved.enum ?? []).map((value) => ({ value, label: String(value) })),
    text,
  );
}

async function entitiesOf(
  parts: FormParts,
  actor: UserActor,
  { blueprint, dataset, text }: { blueprint: string; dataset: JsonObject | undefined; text: string },
): Promise<readonly Choice[]> {
  const asked = text.trim();
  const named = ['$title', '$identifier'].map((property) => ({ property, operator: 'contains', value: asked }));
  const rules = [
    ...(asked === '' ? [] : [{ combinator: 'or', rules: named }]),
    ...(dataset === undefined ? [] : [dataset]),
  ];
  const query = { combinator: 'and', rules };
  const found = await parts.actions.findEntities(actor, { query, blueprints: [blueprint], limit: viewLimits.options });
  return found.map((entity) => {
    const identifier = String(entity['identifier']);
    const title = typeof entity['title'] === 'string' && entity['title'] !== '' ? entity['title'] : identifier;
    return { value: identifier, label: title };
  });
}

async function people({ core }: FormParts, { orgId }: UserActor): Promise<readonly Choice[]> {
  return (await peopleOf(core.db, orgId))
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ email, first_name: first, last_name: last }) => {
      const name = `${first} ${last}`.trim();
      return { value: email, label: name === '' ? email : `${name} (${email})` };
    });
}

async function teams({ core }: FormParts, { orgId }: UserActor): Promise<readonly Choice[]> {
  const found = await sql<{ name: string }>`
    select name from team where org_id = ${orgId} order by lower(name)`.execute(core.db);
  return found.rows.map(({ name }) => ({ value: name, label: name }));
}

function among(choices: readonly Choice[], text: string): readonly Choice[] {
  const asked = text.trim().toLowerCase();
  return choices.filter(({ label }) => label.toLowerCase().includes(asked));
}
