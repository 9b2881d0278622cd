import type { JsonObject } from '#platform/json.ts';
import type { UserInputs } from './action.ts';
import { isComputed } from './form-expression-rules.ts';

/** Notes what is wrong, and where. */
export type Add = (path: string, message: string) => void;

/** Inputs that wait for each other could never be filled in. */
export function checkDependencies({ properties }: UserInputs, add: Add): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (key: string): void => {
    if (state.has(key)) {
      if (state.get(key) === 'open') add(`properties.${key}.dependsOn`, 'goes in a circle');
      return;
    }
    state.set(key, 'open');
    const dependsOn = Object.hasOwn(properties, key) ? properties[key]?.['dependsOn'] : undefined;
    if (Array.isArray(dependsOn)) for (const other of dependsOn) visit(String(other));
    state.set(key, 'done');
  };
  for (const key of Object.keys(properties)) visit(key);
}

/** The order of inputs, their steps and the headings between them. */
export function checkLayout(inputs: UserInputs, keys: readonly string[], add: Add): void {
  const { order = [], steps = [], titles = {} } = inputs;
  if (steps.length > 0 && order.length > 0) add('order', 'cannot be given together with steps');
  const known = [...keys, ...Object.keys(titles)];
  const placed = new Set<string>();
  for (const [at, step] of steps.entries()) {
    const path = `steps[${at}]`;
    checkStep(step, path, add);
    const inside = step['order'] ?? [];
    if (!isListOf(inside, known)) add(`${path}.order`, 'must list inputs of this form');
    else {
      for (const key of inside) {
        if (placed.has(key)) add(`${path}.order`, `names "${key}" a second time`);
        placed.add(key);
      }
    }
  }
  for (const [key, title] of Object.entries(titles)) checkTitle(key, title, add);
}

function checkStep(step: JsonObject, path: string, add: Add): void {
  if (typeof step['title'] !== 'string' || step['title'] === '') add(`${path}.title`, 'must be a text');
  checkVisible(step, path, add);
  const unknown = Object.keys(step).find((key) => !['title', 'order', 'visible'].includes(key));
  if (unknown !== undefined) add(`${path}.${unknown}`, 'is not known');
}

function checkTitle(key: string, title: JsonObject, add: Add): void {
  if (key === '__proto__') return add('titles', 'has an unusable name');
  const path = `titles.${key}`;
  if (!isText(title['title'], 1, 140)) add(`${path}.title`, 'must be a text of 1 to 140 characters');
  const { description } = title;
  if (description !== undefined && description !== null && !isText(description, 0, 1000)) {
    add(`${path}.description`, 'must be a text of at most 1000 characters');
  }
  checkVisible(title, path, add);
}

function checkVisible(place: JsonObject, path: string, add: Add): void {
  const { visible } = place;
  if (visible !== undefined && typeof visible !== 'boolean' && !isComputed(visible)) {
    add(`${path}.visible`, 'must be true, false or {"jqQuery": …}');
  }
}

export function isListOf(value: unknown, known: readonly string[]): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && known.includes(item));
}

function isText(value: unknown, least: number, most: number): boolean {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}
