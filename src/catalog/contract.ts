import Type, { type Static, type TSchema } from 'typebox';
import type { BlueprintDefinition } from './blueprint-document.ts';

export const keyPattern = '^[A-Za-z0-9@_=\\\\-]+$';
const blueprintPattern = '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:\\\\/-]+$';
export const colours: readonly string[] =
  'blue turquoise orange purple pink yellow green red gold silver paleBlue darkGray lightGray bronze lime olive brown'.split(
    ' ',
  );

const nullableText = (options: object = {}) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...options });

function byKey<Definition extends TSchema>(definition: Definition, limit: number) {
  return Type.Unsafe<Readonly<Record<string, Static<Definition>>>>({
    type: 'object',
    propertyNames: { type: 'string', pattern: keyPattern, maxLength: 100 },
    maxProperties: limit,
    additionalProperties: definition,
  });
}

const PropertyType = Type.Unsafe<'string' | 'number' | 'boolean' | 'object' | 'array'>({
  type: 'string',
  enum: ['string', 'number', 'boolean', 'object', 'array'],
});
const open = { additionalProperties: true };
const described = {
  title: Type.Optional(Type.String({ maxLength: 100 })),
  description: Type.Optional(Type.String()),
  icon: Type.Optional(Type.String()),
};

const SpecAuthentication = Type.Object({
  clientId: Type.String(),
  authorizationUrl: Type.String(),
  tokenUrl: Type.String(),
  authorizationScope: Type.Optional(Type.Array(Type.String())),
});
const special = {
  format: Type.Optional(Type.String()),
  spec: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['open-api', 'embedded-url', 'async-api'] })),
  specAuthentication: Type.Optional(SpecAuthentication),
};
const Colours = Type.Unsafe<object>({ type: 'object', additionalProperties: { enum: colours }, maxProperties: 1000 });

export const PropertyDefinition = Type.Object(
  { type: PropertyType, ...described, ...special, enumColors: Type.Optional(Colours) },
  open,
);
export const MirrorDefinition = Type.Object(
  { path: Type.String({ minLength: 3, maxLength: 1000 }), ...described },
  open,
);
const CalculationDefinition = Type.Object(
  {
    calculation: Type.String({ maxLength: 20_000 }),
    type: PropertyType,
    ...described,
    ...special,
    colorized: Type.Optional(Type.Boolean()),
    colors: Type.Optional(Colours),
  },
  open,
);
export const AggregationDefinition = Type.Object(
  { target: Type.String(), calculationSpec: Type.Object({}, open), ...described },
  open,
);
const RelationDefinition = Type.Object(
  {
    target: Type.String({ minLength: 1 }),
    title: Type.Optional(Type.String({ maxLength: 100 })),
    required: Type.Optional(Type.Boolean()),
    many: Type.Optional(Type.Boolean()),
  },
  open,
);

const parts = {
  description: Type.Optional(nullableText({ maxLength: 200 })),
  icon: Type.Optional(nullableText()),
  ownership: Type.Optional(
    Type.Unsafe<object | null>({
      type: ['object', 'null'],
      required: ['type'],
      properties: {
        type: { type: 'string', enum: ['Direct', 'Inherited'] },
        path: { type: 'string', minLength: 1 },
        title: { type: 'string', maxLength: 100 },
      },
    }),
  ),
  teamInheritance: Type.Optional(Type.Unsafe<object | null>({ type: ['object', 'null'] })),
  mirrorProperties: Type.Optional(byKey(MirrorDefinition, 500)),
  calculationProperties: Type.Optional(byKey(CalculationDefinition, 500)),
  aggregationProperties: Type.Optional(byKey(AggregationDefinition, 500)),
  relations: Type.Optional(byKey(RelationDefinition, 200)),
  changelogDestination: Type.Optional(Type.Unsafe<object | null>({ type: ['object', 'null'] })),
  includeInGlobalSearch: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
};
const identifier = Type.String({ pattern: blueprintPattern, maxLength: 100 });
const title = Type.String({ minLength: 1, maxLength: 100 });
const schema = Type.Object(
  { properties: byKey(PropertyDefinition, 500), required: Type.Optional(Type.Array(Type.String())) },
  open,
);

/** Bodies are open: clients send back what they read. */
export const BlueprintBody = Type.Object({ identifier, title, schema, ...parts }, open);
export const BlueprintReplacement = Type.Object(
  { identifier: Type.Optional(identifier), title, schema, ...parts },
  open,
);

/** In a PATCH a key set to null is removed, in the maps too; other definitions stay. */
export const BlueprintPatch = Type.Object(
  {
    identifier: Type.Optional(identifier),
    title: Type.Optional(title),
    schema: Type.Optional(Type.Object({}, open)),
    ...Object.fromEntries(Object.keys(parts).map((key) => [key, Type.Optional(Type.Unknown())])),
  },
  open,
);

export type BlueprintBody = Static<typeof BlueprintBody>;
export type BlueprintInput = Omit<Static<typeof BlueprintReplacement>, 'identifier'>;
export type BlueprintPatch = Readonly<Partial<Record<keyof BlueprintDefinition, unknown>>>;

export const BlueprintPath = Type.Object({ blueprint: Type.String({ minLength: 1 }) });

export const EntityPath = Type.Object({
  blueprint: Type.String({ minLength: 1 }),
  entity: Type.String({ minLength: 1 }),
});

/** `true` and `false`, in any case: Python's clients send `True`. */
const flag = Type.Optional(Type.String({ pattern: '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])?$' }));
const runId = Type.Optional(Type.String());

export const WriteQuery = Type.Object({
  upsert: flag,
  merge: flag,
  validation_only: flag,
  create_missing_related_entities: flag,
  run_id: runId,
});
export const DeleteQuery = Type.Object({ delete_dependents: flag, run_id: runId });
export const DeleteBlueprintQuery = Type.Object({ delete_actions: flag });
export const DeleteAllQuery = Type.Object({ delete_blueprint: flag, run_id: runId });

const fieldNames = Type.Optional(Type.Array(Type.String()));
export const ReadQuery = Type.Object({
  include: fieldNames,
  exclude: fieldNames,
  exclude_calculated_properties: flag,
  attach_title_to_relation: flag,
  attach_identifier_to_title_mirror_properties: flag,
  allow_partial_results: flag,
});

const entityParts = {
  identifier: Type.Optional(Type.Unsafe<string | object | null>({ type: ['string', 'object', 'null'] })),
  title: Type.Optional(nullableText()),
  icon: Type.Optional(nullableText()),
  team: Type.Optional(Type.Unsafe<unknown>({ type: ['string', 'array', 'object', 'null'] })),
  properties: Type.Optional(Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' })),
  relations: Type.Optional(Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' })),
};
/** Only PATCH clears a title or an icon with null; POST and PUT leave it out. */
export const EntityBody = Type.Object(
  { ...entityParts, title: Type.Optional(Type.String()), icon: Type.Optional(Type.String()) },
  open,
);
export const EntityPatch = Type.Object(entityParts, { additionalProperties: false });
/** Each entity is judged by itself. */
export const BulkBody = Type.Object(
  { entities: Type.Array(Type.Unsafe<object>({}), { minItems: 1, maxItems: 20 }) },
  { additionalProperties: false },
);
export const BulkDeleteBody = Type.Object(
  { entities: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }) },
  { additionalProperties: false },
);

/** An entity by name; the title is null where it may not be read. */
export interface NamedEntity {
  readonly identifier: string;
  readonly title: string | null;
  readonly icon: string | null;
}

/** Entities that are related over one relation: those it points at (`out`), or those that point here (`in`). */
export interface RelatedGroup {
  readonly direction: 'in' | 'out';
  /** Of the related entities. */
  readonly blueprint: string;
  readonly relation: string;
  readonly count: number;
  /** The first by title. */
  readonly entities: readonly NamedEntity[];
}
