import type { Blueprint, Json, PropertySchema } from '../api/wire.ts';

export interface PropertyColumn {
  readonly key: string;
  readonly title: string;
  readonly schema: PropertySchema;
}

const computed: PropertySchema = { type: 'string' };

/** Every property of a blueprint, own and computed, in the order of its definition. */
export function propertiesOf(blueprint: Blueprint): readonly PropertyColumn[] {
  const named = (key: string, title: string | undefined, schema: PropertySchema): PropertyColumn => ({
    key,
    title: title ?? key,
    schema,
  });
  return [
    ...Object.entries(blueprint.schema.properties).map(([key, schema]) => named(key, schema.title, schema)),
    ...Object.entries(blueprint.mirrorProperties ?? {}).map(([key, one]) => named(key, one.title, computed)),
    ...Object.entries(blueprint.calculationProperties ?? {}).map(([key, one]) =>
      named(key, one.title, { ...one, ...(one.colors === undefined ? {} : { enumColors: one.colors }) }),
    ),
    ...Object.entries(blueprint.aggregationProperties ?? {}).map(([key, one]) =>
      named(key, one.title, { type: 'number' }),
    ),
  ];
}

const longFormats = new Set(['markdown', 'yaml', 'proto']);

/** Values that need a place of their own rather than a cell. */
export const isLong = (schema: PropertySchema): boolean =>
  schema.type === 'object' ||
  longFormats.has(schema.format ?? '') ||
  schema.spec !== undefined ||
  (schema.type === 'array' && schema.items?.type === 'object');

export const isBlank = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

export function columnWidth({ schema, title }: PropertyColumn): number {
  const word = title.length * 8 + 48;
  if (schema.type === 'boolean' || schema.type === 'number') return Math.max(96, word);
  if (schema.format === 'url' || schema.format === 'user') return Math.max(180, word);
  // A chip is never cut: it is wider than its text by its own padding and the cell's.
  const longest = Math.max(0, ...(schema.enum ?? []).map((value) => String(value).length));
  return Math.max(128, word, longest * 7 + 48);
}
