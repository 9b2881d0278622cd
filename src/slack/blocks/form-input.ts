import type { UserInput } from '#actions/action.ts';
import { entityBlueprint } from '#actions/load-input-entities.ts';
import type { ResolvedInput } from '#actions/resolve-form.ts';
import { isJsonObject } from '#platform/json.ts';
import { escapePlainText } from '../escape-mrkdwn.ts';
import { plain, type SlackLanguage } from '../slack-message.ts';
import { formWords } from './form-words.ts';
import { type FormElement, optionOf, type SlackOption, viewLimits } from './slack-view.ts';

/** What a form asks for, as it stands now. */
export interface AskedInput {
  readonly input: UserInput;
  readonly resolved: ResolvedInput;
  readonly value: unknown;
}

const action_id = 'value';
const longFormats: ReadonlySet<unknown> = new Set(['yaml', 'markdown', 'proto', 'multi-line']);
const longestText = 3_000;

/** The element of a form that fits an input's type and format, with its value in it. */
export function formInput(asked: AskedInput, language: SlackLanguage): FormElement {
  const { input, value } = asked;
  if (isSearched(asked)) return choiceElement(asked, language, 'external');
  if (asked.resolved.enum !== undefined) return choiceElement(asked, language, 'static');
  if (input.type === 'boolean') return yesOrNo(value, language);
  if (input.type === 'number') return numberElement(input, value);
  if (input.format === 'date-time') return instantElement(value);
  return textElement(asked, language);
}

/** What is looked up on the server while somebody types: entities, people, teams, and long lists. */
export function isSearched({ input, resolved }: Pick<AskedInput, 'input' | 'resolved'>): boolean {
  const format = itemFormat(input);
  if (entityBlueprint(input) !== null || format === 'user' || format === 'team') return true;
  return (resolved.enum?.length ?? 0) > viewLimits.options;
}

/** The format of an input, or of the items of a list. */
export function itemFormat(input: UserInput): unknown {
  return input.type === 'array' && isJsonObject(input['items']) ? input['items']['format'] : input.format;
}

function choiceElement(asked: AskedInput, language: SlackLanguage, kind: 'static' | 'external'): FormElement {
  const { input, resolved, value } = asked;
  const isMany = input.type === 'array';
  const options = kind === 'static' ? (resolved.enum ?? []).flatMap(asOption) : [];
  const isOffered = (option: SlackOption): boolean =>
    kind === 'external' || options.some((offered) => offered.value === option.value);
  const chosen = (isMany ? (Array.isArray(value) ? (value as readonly unknown[]) : []) : isBlank(value) ? [] : [value])
    .flatMap(asOption)
    .filter(isOffered);
  const [first] = chosen;
  // Slack refuses a select that offers nothing.
  if (kind === 'static' && options.length === 0) return choiceElement(asked, language, 'external');
  return {
    type: `${isMany ? 'multi_' : ''}${kind}_select`,
    action_id,
    placeholder: plain(formWords[language].choose),
    ...(kind === 'static' ? { options } : { min_query_length: 0 }),
    ...(isMany && first !== undefined ? { initial_options: chosen.slice(0, viewLimits.options) } : {}),
    ...(!isMany && first !== undefined ? { initial_option: first } : {}),
  };
}

function asOption(value: unknown): readonly SlackOption[] {
  const option = optionOf(value, escapePlainText(String(value), viewLimits.optionText));
  return option === null ? [] : [option];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function yesOrNo(value: unknown, language: SlackLanguage): FormElement {
  const words = formWords[language];
  const yes: SlackOption = { text: plain(words.yes), value: 'true' };
  const no: SlackOption = { text: plain(words.no), value: 'false' };
  const chosen = value === true ? { initial_option: yes } : value === false ? { initial_option: no } : {};
  return { type: 'radio_buttons', action_id, options: [yes, no], ...chosen };
}

function numberElement(input: UserInput, value: unknown): FormElement {
  const { minimum, maximum } = input;
  return {
    type: 'number_input',
    action_id,
    is_decimal_allowed: true,
    ...(typeof minimum === 'number' ? { min_value: String(minimum) } : {}),
    ...(typeof maximum === 'number' ? { max_value: String(maximum) } : {}),
    ...(typeof value === 'number' ? { initial_value: String(value) } : {}),
  };
}

function instantElement(value: unknown): FormElement {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  const chosen = Number.isNaN(at) ? {} : { initial_date_time: Math.floor(at / 1000) };
  return { type: 'datetimepicker', action_id, ...chosen };
}

function textElement({ input, value }: AskedInput, language: SlackLanguage): FormElement {
  const words = formWords[language];
  const isList = input.type === 'array';
  const isObject = input.type === 'object' || (isList && isListOfObjects(input));
  const shown = textOf(value, isList && !isObject).slice(0, longestText);
  const { minLength, maxLength } = input;
  const longest = typeof maxLength === 'number' && maxLength > 0 ? Math.min(maxLength, longestText) : longestText;
  return {
    type: 'plain_text_input',
    action_id,
    multiline: isList || isObject || longFormats.has(input.format),
    ...(isObject
      ? { placeholder: plain(words.asJson) }
      : isList
        ? { placeholder: plain(words.onePerLine) }
        : {
            max_length: longest,
            ...(typeof minLength === 'number' && minLength > 0 ? { min_length: Math.min(minLength, longest) } : {}),
          }),
    ...(shown === '' ? {} : { initial_value: shown }),
  };
}

function isListOfObjects(input: UserInput): boolean {
  const items = isJsonObject(input['items']) ? input['items'] : {};
  return items['type'] === 'object' || items['type'] === 'array';
}

function textOf(value: unknown, asLines: boolean): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (asLines && Array.isArray(value)) return value.map((item) => textOf(item, false)).join('\n');
  return JSON.stringify(value, null, 2);
}
