import type { NewEvent } from '#platform/events/event.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { type EntityRow, toWireEntity } from './entity-queries.ts';

const actions = { created: 'CREATE', updated: 'UPDATE', deleted: 'DELETE' } as const;

/** Where an entity's change is told; also the subject of a write that was refused. */
export function entityEventHead(
  verb: keyof typeof actions,
  entity: { readonly blueprint: string; readonly identifier: string },
  runId: string | null,
): Omit<NewEvent, 'before' | 'after'> {
  return {
    kind: `entity.${verb}`,
    resource: 'entity',
    action: actions[verb],
    subject: `entity:${entity.blueprint}/${entity.identifier}`,
    context: {
      blueprint: entity.blueprint,
      entity: entity.identifier,
      ...(runId === null ? {} : { run: runId }),
    },
  };
}

export function entityEvent(
  blueprint: BlueprintDocument,
  change: { readonly before: EntityRow | null; readonly after: EntityRow | null },
  runId: string | null,
): NewEvent {
  const { before, after } = change;
  const entity = after ?? before;
  if (entity === null) throw new Error('An event needs an entity');
  const verb = before === null ? 'created' : after === null ? 'deleted' : 'updated';
  const head = entityEventHead(verb, entity, runId);
  const renamed = before !== null && after !== null && before.identifier !== after.identifier;
  return {
    ...head,
    ...(renamed ? { context: { ...head.context, renamedFrom: before.identifier } } : {}),
    before: before === null ? null : toWireEntity(before, blueprint),
    after: after === null ? null : toWireEntity(after, blueprint),
  };
}
