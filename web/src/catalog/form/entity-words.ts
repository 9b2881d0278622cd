import type { Blueprint, PropertySchema } from '../../api/wire.ts';
import type { JsonWords } from '../../ui/json-completion.ts';

const textsOf = (schema: PropertySchema): readonly string[] =>
  (schema.enum ?? schema.items?.enum ?? []).filter((one) => typeof one === 'string');

/** What may stand where in an entity of a blueprint. */
export function entityWords(blueprint: Blueprint): JsonWords {
  const { properties } = blueprint.schema;
  return {
    keys: {
      '': ['identifier', 'title', 'icon', 'team', 'properties', 'relations'],
      properties: Object.keys(properties),
      relations: Object.keys(blueprint.relations),
    },
    values: Object.fromEntries(
      Object.entries(properties).flatMap(([key, schema]) => [
        [`properties.${key}`, textsOf(schema)],
        [`properties.${key}.*`, textsOf(schema)],
      ]),
    ),
  };
}
