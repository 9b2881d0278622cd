import type { UserInput, UserInputs } from '#actions/action.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { entityBlock, inputPrefix } from '../blocks/run-form.ts';
import type { OpenView } from '../interaction.ts';
import { objectsOf, textOf } from '../web-api-client.ts';

/** What an open form says: which action, on what, with which inputs. It permits nothing. */
export interface FilledForm {
  readonly action: string;
  readonly entity: string | null;
  /** Null for what was shown and left empty. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** The action of a form; its inputs are read once the action is known. */
export function formTarget(view: OpenView): Pick<FilledForm, 'action' | 'entity'> {
  const told = jsonOf(view.privateMetadata);
  const metadata = isJsonObject(told) ? told : {};
  const element = view.values[entityBlock];
  const chosen = element === undefined ? undefined : chosenIn(element)[0];
  const kept = textOf(metadata['entity']) || null;
  return {
    action: textOf(metadata['action']),
    entity: element === undefined ? kept : typeof chosen === 'string' ? chosen : null,
  };
}

/** Inputs as the action has them, out of Slack's elements. What does not fit is left for the form's own checks. */
export function readForm(view: OpenView, inputs: UserInputs): FilledForm['given'] {
  const given: Record<string, unknown> = {};
  for (const [block, element] of Object.entries(view.values)) {
    const key = block.startsWith(inputPrefix) ? block.slice(inputPrefix.length) : '';
    const input = Object.hasOwn(inputs.properties, key) ? inputs.properties[key] : undefined;
    if (input !== undefined) given[key] = readInput(input, element) ?? null;
  }
  return given;
}

function readInput(input: UserInput, element: JsonObject): unknown {
  const type = textOf(element['type']);
  if (type.startsWith('multi_')) {
    const chosen = chosenIn(element);
    return chosen.length === 0 ? null : chosen;
  }
  if (type.endsWith('_select') || type === 'radio_buttons') return chosenIn(element)[0];
  if (type === 'datetimepicker') return instantOf(element['selected_date_time']);
  const text = textOf(element['value']);
  if (text === '') return null;
  if (input.type === 'number') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (input.type === 'object') return jsonOf(text) ?? text;
  return input.type === 'array' ? listOf(text, input) : text;
}

function chosenIn(element: JsonObject): readonly unknown[] {
  const one = element['selected_option'];
  const options = isJsonObject(one) ? [one] : objectsOf(element['selected_options']);
  return options.map((option) => jsonOf(textOf(option['value'])) ?? textOf(option['value']));
}

/** Of the years that a date can have. */
const latestSecond = 8_640_000_000_000;

function instantOf(seconds: unknown): string | null {
  const isUsable = typeof seconds === 'number' && Math.abs(seconds) < latestSecond;
  return isUsable ? new Date(seconds * 1000).toISOString() : null;
}

/** A JSON list, or one item per line. */
function listOf(text: string, input: UserInput): unknown {
  const whole = jsonOf(text);
  if (Array.isArray(whole)) return whole;
  const items = isJsonObject(input['items']) ? input['items'] : {};
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (items['type'] === 'number') return lines.map((line) => (Number.isFinite(Number(line)) ? Number(line) : line));
  return items['type'] === 'object' || items['type'] === 'array' ? lines.map((line) => jsonOf(line) ?? line) : lines;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
