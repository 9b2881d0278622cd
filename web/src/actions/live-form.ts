import type { UserInput, UserInputs } from '../api/wire.ts';
import { isTypedAsJson, requiredKeys, type Values } from './form-rules.ts';

export interface FormProblem {
  readonly path: string;
  readonly message: string;
}

/** An input as the server worked it out for what was entered so far. */
export interface LiveInput {
  readonly visible: boolean;
  readonly required: boolean;
  readonly disabled: boolean;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly dataset?: UserInput['dataset'];
  readonly problems: readonly FormProblem[];
}

export interface LiveForm {
  readonly inputs: Readonly<Record<string, LiveInput>>;
  readonly titles: Readonly<Record<string, { readonly visible: boolean }>>;
  readonly steps: readonly { readonly visible: boolean }[];
  readonly problems: readonly FormProblem[];
}

/** What hides a secret wherever the server shows it. */
export const secretMask = '••••••';

export const isSecret = (input: UserInput | undefined): boolean =>
  input?.encryption !== undefined && input.encryption !== null;

const isComputed = (value: unknown): boolean => typeof value === 'object' && value !== null && 'jqQuery' in value;

/** Whether anything in the form depends on what is entered: then the server is asked. */
export function isLive(inputs: UserInputs | undefined): boolean {
  const text = JSON.stringify(inputs ?? {});
  return text.includes('"jqQuery"') || text.includes('"dependsOn"');
}

/**
 * The form with everything computed worked out, in the shape of one in which nothing is. Before the server's first
 * answer what is computed is left out: hidden, without choices, without a default.
 */
export function effectiveInputs(inputs: UserInputs | undefined, live: LiveForm | undefined): UserInputs {
  const away = live === undefined ? hiddenBySteps(inputs) : nothingHidden;
  const properties = Object.entries(inputs?.properties ?? {}).map(([key, input]) => {
    const known = effective(input, live === undefined ? undefined : live.inputs[key]);
    return [key, away.has(key) ? { ...known, visible: false } : known] as const;
  });
  const required = properties.filter(([key]) => isNeeded(key, inputs, live)).map(([key]) => key);
  const steps = inputs?.steps?.filter((step, at) =>
    live === undefined ? isShown((step as { visible?: unknown }).visible) : live.steps[at]?.visible !== false,
  );
  const titles = Object.entries(inputs?.titles ?? {}).filter(([key, title]) =>
    live === undefined
      ? isShown((title as { visible?: unknown }).visible) && !away.has(key)
      : live.titles[key]?.visible !== false,
  );
  return {
    ...inputs,
    properties: Object.fromEntries(properties),
    required,
    ...(steps === undefined ? {} : { steps }),
    titles: Object.fromEntries(titles),
  };
}

const nothingHidden: ReadonlySet<string> = new Set();

/** What stands on pages that are not shown. */
function hiddenBySteps(inputs: UserInputs | undefined): ReadonlySet<string> {
  const hidden = (inputs?.steps ?? []).filter((step) => !isShown((step as { visible?: unknown }).visible));
  return new Set(hidden.flatMap((step) => step.order));
}

const isShown = (visible: unknown): boolean => visible !== false && !isComputed(visible);

function isNeeded(key: string, inputs: UserInputs | undefined, live: LiveForm | undefined): boolean {
  if (live !== undefined) return live.inputs[key]?.required === true;
  const required = inputs?.required;
  return required !== undefined && !('jqQuery' in required) && required.includes(key);
}

function effective(input: UserInput, live: LiveInput | undefined): UserInput {
  const fixed = Object.fromEntries(
    Object.entries(input).filter(([, value]) => !isComputed(value)),
  ) as unknown as UserInput;
  const items = input.items === undefined ? {} : { items: fixedItems(input.items) };
  if (live === undefined) return { ...fixed, ...items, visible: isShown(input.visible) };
  const { enum: choices, required: _, problems: __, dataset, ...rest } = live;
  const offered = choices === undefined ? {} : { enum: choices };
  const isList = input.type === 'array';
  return {
    ...fixed,
    ...rest,
    ...(isList ? {} : offered),
    ...(isList && input.items !== undefined
      ? { items: { ...fixedItems(input.items), ...(offered as { enum?: readonly string[] }) } }
      : items),
    ...(dataset === undefined ? {} : { dataset }),
  };
}

function fixedItems(items: NonNullable<UserInput['items']>): NonNullable<UserInput['items']> {
  return Object.fromEntries(Object.entries(items).filter(([, value]) => !isComputed(value)));
}

/** What is shown in the fields: what was entered, and defaults where nothing was. */
export function shownValues(inputs: UserInputs, touched: Values): Values {
  const defaults = Object.entries(inputs.properties ?? {})
    .filter(([key, input]) => !Object.hasOwn(touched, key) && input.default !== undefined && input.default !== null)
    .map(([key, input]) => [key, input.default] as const);
  return { ...switchedOff(inputs), ...Object.fromEntries(defaults), ...touched };
}

/** A switch that nobody touched stands at off, and where an answer is needed that is one. */
function switchedOff(inputs: UserInputs): Values {
  const needed = requiredKeys(inputs).filter((key) => inputs.properties?.[key]?.type === 'boolean');
  return Object.fromEntries(needed.map((key) => [key, false]));
}

/** What the server may know while the form is filled in: nothing secret, and nothing that is not typed to its end. */
export function openValues(inputs: UserInputs | undefined, touched: Values): Values {
  return Object.fromEntries(
    Object.entries(touched)
      .filter(([key]) => !isSecret(inputs?.properties?.[key]))
      .map(([key, value]) => [key, isTypedAsJson(inputs?.properties?.[key]) ? parsed(value) : (value ?? null)]),
  );
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return null;
  }
}

/** Without what is secret, for places that are kept or sent around. */
export function withoutSecrets(inputs: UserInputs | undefined, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !isSecret(inputs?.properties?.[key]) && value !== undefined),
  );
}
