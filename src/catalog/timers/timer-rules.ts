import type { JsonObject } from '#platform/json.ts';
import type { BlueprintDefinition } from '../blueprint-document.ts';
import { readInstant } from '../rules/instant.ts';

/** A property of an entity with the instant at which it expires. */
export interface Timer {
  readonly property: string;
  readonly due: string;
}

export function timerKeys({ schema }: Pick<BlueprintDefinition, 'schema'>): readonly string[] {
  return Object.entries(schema.properties)
    .filter(([, { type, format }]) => type === 'string' && format === 'timer')
    .map(([key]) => key);
}

export function timersOf(blueprint: Pick<BlueprintDefinition, 'schema'>, properties: JsonObject): readonly Timer[] {
  return timerKeys(blueprint).flatMap((property) => {
    const value = Object.hasOwn(properties, property) ? properties[property] : null;
    const due = typeof value === 'string' ? readInstant(value) : null;
    return due === null ? [] : [{ property, due }];
  });
}
