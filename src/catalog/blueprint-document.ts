import type { JsonObject } from '#platform/json.ts';

export type PropertyType = 'string' | 'number' | 'boolean' | 'object' | 'array';

/** A JSON-schema subset; keys that are not known here are kept and returned, never interpreted. */
export interface PropertyDefinition extends JsonObject {
  readonly type: PropertyType;
  readonly title?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly format?: string;
  readonly spec?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonObject;
}

export interface RelationDefinition extends JsonObject {
  readonly target: string;
  readonly title?: string;
  readonly required?: boolean;
  readonly many?: boolean;
  readonly description?: string;
}

export interface MirrorDefinition extends JsonObject {
  readonly path: string;
  readonly title?: string;
}

export interface CalculationDefinition extends JsonObject {
  readonly calculation: string;
  readonly type: PropertyType;
  readonly title?: string;
}

export interface AggregationDefinition extends JsonObject {
  readonly target: string;
  readonly title?: string;
  readonly calculationSpec: JsonObject;
}

export type Ownership =
  | { readonly type: 'Direct'; readonly title?: string }
  | { readonly type: 'Inherited'; readonly path: string; readonly title?: string };

export type ByKey<Definition> = Readonly<Record<string, Definition>>;

/** What somebody defines; stored as it was sent. */
export interface BlueprintDefinition {
  readonly title: string;
  readonly description?: string;
  readonly icon?: string;
  readonly ownership?: Ownership;
  readonly teamInheritance?: JsonObject;
  readonly schema: { readonly properties: ByKey<PropertyDefinition>; readonly required: readonly string[] };
  readonly mirrorProperties: ByKey<MirrorDefinition>;
  readonly calculationProperties: ByKey<CalculationDefinition>;
  readonly aggregationProperties: ByKey<AggregationDefinition>;
  readonly relations: ByKey<RelationDefinition>;
  readonly changelogDestination?: JsonObject;
  readonly includeInGlobalSearch?: boolean;
}

/** A blueprint as the wire shows it. The same object for as long as the blueprint does not change, so it can key a WeakMap. */
export interface BlueprintDocument extends BlueprintDefinition {
  readonly identifier: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export function definitionOf<Definition>(definitions: ByKey<Definition>, key: string): Definition | undefined {
  return Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}
