import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

// The changelog's events. What is named here must be there and of this type; more may come along.

const nothingOr = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** Fields that blueprints and entities share. */
const audited = {
  identifier: Type.String(),
  title: Type.String(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
};

const Entity = Type.Object({
  ...audited,
  blueprint: Type.String(),
  properties: Type.Record(Type.String(), Type.Unknown()),
  relations: Type.Record(Type.String(), Type.Unknown()),
});

const Blueprint = Type.Object(audited);

const change = {
  action: Type.Union([Type.Literal('CREATE'), Type.Literal('UPDATE'), Type.Literal('DELETE')]),
  status: Type.String(),
  trigger: Type.Object({
    at: Type.String(),
    by: Type.Object({ orgId: Type.String(), userId: Type.String() }),
    origin: Type.Union([Type.Literal('UI'), Type.Literal('API')]),
  }),
};

const EntityChange = Type.Object({
  ...change,
  resourceType: Type.Literal('entity'),
  context: Type.Object({ blueprint: Type.String(), entity: Type.String() }),
  diff: Type.Object({ before: nothingOr(Entity), after: nothingOr(Entity) }),
});

const BlueprintChange = Type.Object({
  ...change,
  resourceType: Type.Literal('blueprint'),
  context: Type.Object({ blueprint: Type.String() }),
  diff: Type.Object({ before: nothingOr(Blueprint), after: nothingOr(Blueprint) }),
});

const RunChange = Type.Object({ ...change, resourceType: Type.Literal('run') });

/** A timer property of an entity ran out: nobody did it, and nothing else changed. */
const TimerExpiry = Type.Object({
  action: Type.Literal('TIMER_EXPIRED'),
  resourceType: Type.Literal('entity'),
  context: Type.Object({ blueprint: Type.String(), entity: Type.String() }),
});

const ChangeEvent = Type.Union([EntityChange, BlueprintChange, RunChange, TimerExpiry]);

export type EntityChange = Static<typeof EntityChange>;
export type ChangeEvent = Static<typeof ChangeEvent>;

export type ParsedEvent = { readonly event: ChangeEvent } | { readonly mistake: string };

/** Reads an event strictly; the mistake names the first place where it is not one. */
export function parseChangeEvent(body: string): ParsedEvent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { mistake: 'The body is not JSON.' };
  }
  if (Value.Check(ChangeEvent, json)) return { event: json };
  const [error] = Value.Errors(schemaFor(json), json);
  return {
    mistake: error ? `${error.instancePath || 'The event'}: ${error.message}` : 'This is not a changelog event.',
  };
}

/** Of the schemas the one that was meant, so that the mistake is told about the right one. */
function schemaFor(json: unknown): TSchema {
  const { action, resourceType } = (json ?? {}) as { action?: unknown; resourceType?: unknown };
  if (action === 'TIMER_EXPIRED') return TimerExpiry;
  if (resourceType === 'blueprint') return BlueprintChange;
  return resourceType === 'run' ? RunChange : EntityChange;
}

export function isEntityChange(event: ChangeEvent): event is EntityChange {
  return event.resourceType === 'entity' && event.action !== 'TIMER_EXPIRED';
}
