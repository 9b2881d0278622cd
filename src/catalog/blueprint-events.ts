import type { NewEvent } from '#platform/events/event.ts';
import { type BlueprintDocument } from './blueprint-document.ts';

const actions = { created: 'CREATE', updated: 'UPDATE', deleted: 'DELETE' } as const;

/** Where a blueprint's change is told; also the subject of a change that was refused. */
export function blueprintEventHead(verb: keyof typeof actions, identifier: string): Omit<NewEvent, 'before' | 'after'> {
  return {
    kind: `blueprint.${verb}`,
    resource: 'blueprint',
    action: actions[verb],
    subject: `blueprint:${identifier}`,
    context: { blueprint: identifier },
  };
}

export function blueprintEvent(
  verb: keyof typeof actions,
  identifier: string,
  change: { readonly before: BlueprintDocument | null; readonly after: BlueprintDocument | null },
): NewEvent {
  return {
    ...blueprintEventHead(verb, identifier),
    before: change.before === null ? null : { ...change.before },
    after: change.after === null ? null : { ...change.after },
  };
}
