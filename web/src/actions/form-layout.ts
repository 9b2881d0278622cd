import type { UserInput, UserInputs } from '../api/wire.ts';

export interface Heading {
  readonly title: string;
  readonly description?: string;
}

/** What stands below one another on a page of a form. */
export type FormRow =
  | { readonly kind: 'heading'; readonly key: string; readonly heading: Heading }
  | { readonly kind: 'input'; readonly key: string; readonly input: UserInput };

export interface FormStep {
  readonly title: string | undefined;
  readonly rows: readonly FormRow[];
  readonly inputs: readonly (readonly [string, UserInput])[];
}

/** The rows that are shown, in the order the action asks for; what it does not name comes last. */
export function formRows(inputs: UserInputs | undefined): readonly FormRow[] {
  const properties = inputs?.properties ?? {};
  const titles = inputs?.titles ?? {};
  const order = inputs?.order ?? inputs?.steps?.flatMap((step) => step.order) ?? [];
  const all = [...new Set([...order, ...Object.keys(titles), ...Object.keys(properties)])];
  return all.flatMap((key): readonly FormRow[] => {
    const input = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const heading = Object.hasOwn(titles, key) ? titles[key] : undefined;
    if (input?.visible === false) return [];
    // A heading under the name of an input stands above it.
    return [
      ...(heading === undefined ? [] : [{ kind: 'heading', key, heading } as const]),
      ...(input === undefined ? [] : [{ kind: 'input', key, input } as const]),
    ];
  });
}

/** The inputs that are shown, in the order the action asks for. */
export const orderedInputs = (inputs: UserInputs | undefined): FormStep['inputs'] => inputsOf(formRows(inputs));

const inputsOf = (rows: readonly FormRow[]): FormStep['inputs'] =>
  rows.flatMap((row) => (row.kind === 'input' ? [[row.key, row.input] as const] : []));

/** The form by step; an action without steps is one nameless step. */
export function inputSteps(inputs: UserInputs | undefined): readonly FormStep[] {
  const all = formRows(inputs);
  const steps = inputs?.steps ?? [];
  if (steps.length === 0) return [{ title: undefined, rows: all, inputs: inputsOf(all) }];
  const placed = new Set(steps.flatMap((step) => step.order));
  const last = all.filter(({ key }) => !placed.has(key));
  return steps.map((step, index) => {
    const rows = [...all.filter(({ key }) => step.order.includes(key)), ...(index === steps.length - 1 ? last : [])];
    return { title: step.title, rows, inputs: inputsOf(rows) };
  });
}
