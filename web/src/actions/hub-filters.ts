import type { Action, Operation } from '../api/wire.ts';
import { isDraft } from './api.ts';

/** How the hub is narrowed; stands in the address. */
export interface HubFilters {
  readonly q?: string;
  /** A blueprint's identifier, or `general` for actions without one. */
  readonly group?: string;
  readonly operation?: string;
  readonly state?: string;
}

export const GENERAL = 'general';
export const operations: readonly Operation[] = ['CREATE', 'DAY-2', 'DELETE'];

export const groupOf = (action: Action): string => action.trigger.blueprintIdentifier ?? GENERAL;

/** Every word has to be found somewhere. */
function matches(action: Action, query: string): boolean {
  const text = `${action.title ?? ''} ${action.identifier} ${action.description ?? ''}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function narrowed(actions: readonly Action[], filters: HubFilters): readonly Action[] {
  return actions.filter(
    (action) =>
      matches(action, filters.q ?? '') &&
      (filters.group === undefined || groupOf(action) === filters.group) &&
      (filters.operation === undefined || action.trigger.operation === filters.operation) &&
      (filters.state === undefined || isDraft(action) === (filters.state === 'draft')),
  );
}

/** Actions by the blueprint they belong to, in the order of first appearance. */
export function grouped(actions: readonly Action[]): readonly (readonly [string, readonly Action[]])[] {
  const groups = new Map<string, Action[]>();
  for (const action of actions) groups.set(groupOf(action), [...(groups.get(groupOf(action)) ?? []), action]);
  return [...groups];
}
