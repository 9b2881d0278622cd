import type { NewEvent } from '#platform/events/event.ts';
import { type BlueprintDocument } from './blueprint-document.ts';

const actions = { created: 'CREATE', updated: 'UPDATE', deleted: 'DELETE' } as const;

export function blueprintEvent(
  verb: keyof typeof actions,
  identifier: string,
  change: { readonly before: BlueprintDocument | null; readonly after: BlueprintDocument | null },
): NewEvent {
  return {
    kind: `blueprint.${verb}`,
    resource: 'blueprint',
    action: actions[verb],
    subject: `blueprint:${identifier}`,
    context: { blueprint: identifier },
    before: change.before === null ? null : { ...change.before },
    after: change.after === null ? null : { ...change.after },
  };
}
