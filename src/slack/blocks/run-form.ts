import type { ActionDocument, UserInputs } from '#actions/action.ts';
import { formExpressions } from '#actions/form-expression-rules.ts';
import type { ResolvedForm } from '#actions/resolve-form.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { escapeMrkdwn, escapePlainText } from '../escape-mrkdwn.ts';
import { formatMarkdown } from '../format-markdown.ts';
import { actions, context, plain, section, type SlackLanguage } from '../slack-message.ts';
import { formInput } from './form-input.ts';
import { formWords } from './form-words.ts';
import { cut, optionOf, type SlackView, type ViewBlock, viewLimits } from './slack-view.ts';

export const runFormId = 'quayside:run';
/** Blocks of inputs are named after them. */
export const inputPrefix = 'input:';
export const entityBlock = 'entity';
export const linkAction = 'quayside:open';

export interface RunForm {
  readonly action: ActionDocument;
  readonly form: ResolvedForm;
  /** The entity it works on, where the action has one. */
  readonly entity: { readonly identifier: string; readonly title: string } | null;
  readonly needsEntity: boolean;
  /** Why it was not taken, above everything. */
  readonly problem: string | null;
  readonly language: SlackLanguage;
}

/** The form of an action as a modal, or null when it is longer than Slack allows. */
export function runForm(asked: RunForm): SlackView | null {
  const { action, language, problem, entity, needsEntity } = asked;
  const words = formWords[language];
  const description = action.description === undefined ? '' : formatMarkdown(action.description, 1_000);
  const inputs = inputBlocks(asked);
  const blocks: readonly ViewBlock[] = [
    ...(problem === null ? [] : [section(`:warning: ${escapeMrkdwn(problem, 1_000)}`)]),
    ...(description === '' ? [] : [section(description)]),
    ...(needsEntity ? [entityInput(asked)] : []),
    ...inputs,
    ...(inputs.length === 0 && !needsEntity ? [context(words.noInputs)] : []),
    ...(isJsonObject(action.requiredApproval) || action.requiredApproval === true
      ? [context(words.needsApproval)]
      : []),
  ];
  if (blocks.length > viewLimits.blocks) return null;
  return {
    ...frame(action, language),
    callback_id: runFormId,
    submit: plain(words.submit),
    private_metadata: JSON.stringify({ action: action.identifier, entity: entity?.identifier ?? null }),
    blocks,
  };
}

function frame(action: ActionDocument, language: SlackLanguage): Pick<SlackView, 'type' | 'title' | 'close'> {
  const title = escapePlainText(action.title ?? action.identifier, 100) || '…';
  return { type: 'modal', title: plain(cut(title, viewLimits.title)), close: plain(formWords[language].cancel) };
}

/** In place of a form: a sentence and a way to the portal. */
export function noteView(
  { action, language }: Pick<RunForm, 'action' | 'language'>,
  text: string,
  link: { readonly url: string; readonly label: string } | null,
): SlackView {
  const button =
    link === null
      ? []
      : [
          actions('quayside:link', [
            { type: 'button', action_id: linkAction, text: plain(link.label), url: link.url, style: 'primary' },
          ]),
        ];
  return {
    ...frame(action, language),
    close: plain(formWords[language].close),
    blocks: [section(text), ...button],
  };
}

function entityInput({ entity, language }: RunForm): ViewBlock {
  const words = formWords[language];
  const chosen =
    entity === null ? null : optionOf(entity.identifier, escapePlainText(entity.title || entity.identifier, 75));
  return {
    type: 'input',
    block_id: entityBlock,
    label: plain(words.entity),
    optional: false,
    dispatch_action: true,
    element: {
      type: 'external_select',
      action_id: 'value',
      min_query_length: 0,
      placeholder: plain(words.choose),
      ...(chosen === null ? {} : { initial_option: chosen }),
    },
  };
}

function inputBlocks(asked: RunForm): readonly ViewBlock[] {
  const { userInputs } = asked.action.trigger;
  const steps = userInputs.steps ?? [];
  return orderedKeys(userInputs).flatMap((key) => {
    const starts = steps.find((step) => orderOf(step)[0] === key);
    const heading = textOf(starts?.['title']);
    return [...(heading === '' ? [] : [section(`*${escapeMrkdwn(heading)}*`)]), ...inputBlock(asked, key)];
  });
}

function inputBlock({ action, form, language }: RunForm, key: string): readonly ViewBlock[] {
  const { userInputs } = action.trigger;
  const input = userInputs.properties[key];
  const resolved = form.inputs[key];
  if (input === undefined || resolved?.visible !== true) return [];
  const label = escapePlainText(textOf(input['title']) || key, 150) || '…';
  if (resolved.disabled) return [context(`${escapeMrkdwn(label)}: ${formWords[language].waits}`)];
  const title = form.titles[key]?.visible === true ? textOf(userInputs.titles?.[key]?.['title']) : '';
  const hint = escapePlainText(textOf(input['description']), 300);
  return [
    ...(title === '' ? [] : [section(`*${escapeMrkdwn(title)}*`)]),
    {
      type: 'input',
      block_id: `${inputPrefix}${key}`,
      label: plain(label),
      element: formInput({ input, resolved, value: form.values[key] }, language),
      optional: !resolved.required,
      ...(hint === '' ? {} : { hint: plain(hint) }),
      ...(isLive(userInputs) ? { dispatch_action: true } : {}),
    },
  ];
}

/** Whether what is entered may change what else is asked. */
export function isLive(inputs: UserInputs): boolean {
  return formExpressions(inputs).length > 0 || Object.values(inputs.properties).some((input) => input['dependsOn']);
}

function orderedKeys(inputs: UserInputs): readonly string[] {
  const named = inputs.order ?? (inputs.steps ?? []).flatMap(orderOf);
  return [...new Set([...named.map(String), ...Object.keys(inputs.properties)])];
}

function orderOf({ order }: JsonObject): readonly unknown[] {
  return Array.isArray(order) ? order : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
