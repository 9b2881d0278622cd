import Type, { type Static } from 'typebox';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { keyPattern } from './contract.ts';

const Expression = Type.String({ minLength: 1, maxLength: 20_000 });
const ByKey = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  propertyNames: { type: 'string', pattern: keyPattern, maxLength: 100 },
  maxProperties: 500,
  additionalProperties: Expression,
});
const closed = { additionalProperties: false };
const EntityMapping = Type.Object(
  {
    identifier: Expression,
    title: Type.Optional(Expression),
    icon: Type.Optional(Expression),
    team: Type.Optional(Expression),
    properties: Type.Optional(ByKey),
    relations: Type.Optional(ByKey),
  },
  closed,
);

/** jq over each entity of the source; with `itemsToParse` over each of its items too, as `.item`. */
export const MigrationBody = Type.Object(
  {
    sourceBlueprint: Type.String({ minLength: 1 }),
    mapping: Type.Object(
      {
        blueprint: Type.String({ minLength: 1 }),
        filter: Type.Optional(Expression),
        itemsToParse: Type.Optional(Expression),
        entity: EntityMapping,
      },
      closed,
    ),
  },
  closed,
);

export type Mapping = Static<typeof MigrationBody>['mapping'];

const texts = ['identifier', 'title', 'icon', 'team'] as const;
const groups = ['properties', 'relations'] as const;

/** Every expression with the place where it stands. */
export function expressionsOf({ filter, itemsToParse, entity }: Mapping): readonly (readonly [string, string])[] {
  const named = { filter, itemsToParse };
  const outer = Object.entries(named).map(([key, text]) => [`mapping.${key}`, text] as const);
  const own = texts.map((key) => [`mapping.entity.${key}`, entity[key]] as const);
  const grouped = groups.flatMap((group) =>
    Object.entries(entity[group] ?? {}).map(([key, text]) => [`mapping.entity.${group}.${key}`, text] as const),
  );
  return [...outer, ...own, ...grouped].flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]));
}

/** One program that makes of an entity the list of what is to be written. What fails is null, or not taken. */
export function mappingProgram({ filter, itemsToParse, entity }: Mapping): string {
  const fields = [
    ...texts.flatMap((key) => fieldOf(key, entity[key])),
    ...groups.flatMap((group) => {
      const members = Object.entries(entity[group] ?? {}).flatMap(([key, text]) => fieldOf(key, text));
      return members.length === 0 ? [] : [`${JSON.stringify(group)}: {${members.join(', ')}}`];
    }),
  ];
  const items =
    itemsToParse === undefined ? '.' : `(${tried(itemsToParse)} | arrays | .[]) as $item | . + {item: $item}`;
  const chosen = filter === undefined ? '.' : `select(${tried(filter)} == true)`;
  return `[${items} | ${chosen} | {${fields.join(', ')}}]`;
}

function fieldOf(key: string, expression: string | undefined): readonly string[] {
  return expression === undefined ? [] : [`${JSON.stringify(key)}: ${tried(expression)}`];
}

/** Its first output; the end of the line keeps a comment to itself. */
function tried(expression: string): string {
  return `(try first((${expression}\n)) catch null)`;
}

/** What a program made, without empty values: those say nothing about an entity that may be there already. */
export function readMapped(value: unknown): readonly JsonObject[] {
  return (Array.isArray(value) ? value : []).filter(isJsonObject).map(withoutNulls);
}

function withoutNulls(entity: JsonObject): JsonObject {
  const kept = Object.entries(entity).filter(([, value]) => value !== null);
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      (groups as readonly string[]).includes(key) && isJsonObject(value) ? withoutNulls(value) : value,
    ]),
  );
}
