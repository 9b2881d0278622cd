import Type, { type Static } from 'typebox';
import type { JsonObject } from '#platform/json.ts';

const closed = { additionalProperties: false };
const open = { additionalProperties: true };
const Jq = Type.String({ minLength: 1, maxLength: 20_000 });
/** A search whose every text is jq. */
const Search = Type.Object({ combinator: Type.String(), rules: Type.Array(Type.Object({}, open)) }, closed);

const Operation = Type.Unsafe<'create' | 'delete' | { type: 'create' | 'delete'; deleteDependents?: boolean }>({
  anyOf: [
    { enum: ['create', 'delete'] },
    Type.Object({ type: Type.Unsafe<string>({ enum: ['create'] }) }, closed),
    Type.Object(
      { type: Type.Unsafe<string>({ enum: ['delete'] }), deleteDependents: Type.Optional(Type.Boolean()) },
      closed,
    ),
  ],
});

export const Mapping = Type.Object(
  {
    blueprint: Type.String({ minLength: 1, maxLength: 100 }),
    operation: Type.Optional(Operation),
    filter: Type.Optional(Jq),
    itemsToParse: Type.Optional(Jq),
    entity: Type.Object(
      {
        identifier: Type.Union([Jq, Search]),
        title: Type.Optional(Jq),
        icon: Type.Optional(Jq),
        team: Type.Optional(Type.Union([Jq, Search])),
        properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        relations: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      },
      closed,
    ),
  },
  closed,
);
export type Mapping = Static<typeof Mapping>;

const nullableText = (maxLength: number) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength }));

const Security = Type.Object(
  {
    secret: nullableText(1000),
    signatureHeaderName: nullableText(200),
    signatureAlgorithm: Type.Optional(
      Type.Unsafe<'sha1' | 'sha256' | 'plain' | null>({ enum: ['sha1', 'sha256', 'plain', null] }),
    ),
    signaturePrefix: nullableText(200),
    requestIdentifierPath: nullableText(20_000),
  },
  closed,
);
export type Security = Static<typeof Security>;

const fields = {
  description: nullableText(200),
  icon: nullableText(100),
  mappings: Type.Optional(Type.Array(Mapping, { maxItems: 100 })),
  security: Type.Optional(Security),
  integrationType: Type.Optional(Type.Unsafe<'custom' | 'template'>({ enum: ['custom', 'template'] })),
};
const Identifier = Type.String({ minLength: 1, maxLength: 30, pattern: '^[A-Za-z0-9@_=\\-]+$' });
const Title = Type.String({ minLength: 1, maxLength: 30 });

export const WebhookBody = Type.Object(
  { identifier: Type.Optional(Identifier), title: Title, enabled: Type.Boolean(), ...fields },
  closed,
);
export type WebhookBody = Static<typeof WebhookBody>;

export const WebhookPatch = Type.Object(
  {
    identifier: Type.Optional(Identifier),
    title: Type.Optional(Title),
    enabled: Type.Optional(Type.Boolean()),
    ...fields,
  },
  closed,
);
export type WebhookPatch = Static<typeof WebhookPatch>;

export const WebhookPath = Type.Object({ webhook: Type.String({ minLength: 1, maxLength: 1000 }) });
export const KeyPath = Type.Object({ key: Type.String({ minLength: 1, maxLength: 200 }) });

export const TestBody = Type.Object(
  {
    mappings: Type.Array(Mapping, { maxItems: 100 }),
    body: Type.Unknown(),
    headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    queryParams: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);
export type TestBody = Static<typeof TestBody>;

/** What a mapping looks at. */
export interface RequestContent {
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: JsonObject;
  readonly queryParams: JsonObject;
}

/** What one mapping made of a request, as the tester shows it. */
export interface TestedEntity {
  readonly mapping: number;
  readonly blueprint: string;
  readonly operation: 'create' | 'delete';
  readonly identifier: string;
  readonly effect: 'created' | 'changed' | 'unchanged' | 'deleted' | 'absent' | 'refused';
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly problem: string | null;
}

/** Why a mapping gave nothing, or not all it says. */
export interface MappingProblem {
  readonly mapping: number;
  /** Which of several items. */
  readonly item: number | null;
  readonly field: string;
  readonly message: string;
}

export interface TestResult {
  readonly entities: readonly TestedEntity[];
  readonly problems: readonly MappingProblem[];
  /** How many items each mapping saw, and how many its filter let pass. */
  readonly passed: readonly { readonly seen: number; readonly passed: number }[];
}
