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

/** What somebody defined of it. */
export function withoutStamps(document: BlueprintDocument): BlueprintDefinition {
  const { identifier: _, createdAt: __, createdBy: ___, updatedAt: ____, updatedBy: _____, ...definition } = document;
  return definition;
}

export function definitionOf<Definition>(definitions: ByKey<Definition>, key: string): Definition | undefined {
  return Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}

/** Whether the key's value is computed here rather than written. */
export function isDerivedKey(blueprint: BlueprintDefinition, key: string): boolean {
  return (
    definitionOf(blueprint.mirrorProperties, key) !== undefined ||
    definitionOf(blueprint.calculationProperties, key) !== undefined ||
    definitionOf(blueprint.aggregationProperties, key) !== undefined
  );
}

/** How a value is to be read, whoever gives it: a mirror may hold anything, also an instant. */
export interface ValueKind {
  readonly type: PropertyType | 'any';
  readonly isInstant: boolean;
}

/** Null for keys that are no property of any kind. */
export function valueKindOf(blueprint: BlueprintDefinition, key: string): ValueKind | null {
  if (definitionOf(blueprint.mirrorProperties, key) !== undefined) return { type: 'any', isInstant: true };
  if (definitionOf(blueprint.aggregationProperties, key) !== undefined) return { type: 'number', isInstant: false };
  const definition: { readonly type: PropertyType; readonly format?: unknown } | undefined =
    definitionOf(blueprint.schema.properties, key) ?? definitionOf(blueprint.calculationProperties, key);
  if (definition === undefined) return null;
  return { type: definition.type, isInstant: definition.format === 'date-time' || definition.format === 'timer' };
}

/** The relations over which entities inherit their team, null where it is their own. */
export function inheritedTeamPath({
  ownership,
  teamInheritance,
}: Pick<BlueprintDefinition, 'ownership' | 'teamInheritance'>): string | null {
  if (ownership !== undefined) return ownership.type === 'Inherited' ? ownership.path : null;
  const path = teamInheritance?.['path'];
  return typeof path === 'string' && path !== '' ? path : null;
}

/** Whether owning teams are a relation to entities of `_team`; elsewhere their names are kept as they come. */
export function ownsDirectly({ ownership }: Pick<BlueprintDefinition, 'ownership'>): boolean {
  return ownership?.type === 'Direct';
}

/** Whether anything of its entities is computed here. */
export function hasDerived(blueprint: BlueprintDefinition): boolean {
  const kinds = [blueprint.mirrorProperties, blueprint.calculationProperties, blueprint.aggregationProperties];
  return kinds.some((kind) => Object.keys(kind).length > 0) || inheritedTeamPath(blueprint) !== null;
}
