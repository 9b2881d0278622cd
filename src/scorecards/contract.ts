import Type, { type Static } from 'typebox';
import { colours } from '#catalog/contract.ts';

const closed = { additionalProperties: false };
const Query = Type.Object(
  { combinator: Type.String(), conditions: Type.Array(Type.Unknown()) },
  { additionalProperties: true },
);
const nullable = (schema: object) => Type.Optional(Type.Unsafe<object | null>({ anyOf: [schema, { type: 'null' }] }));

const Rule = Type.Object(
  {
    identifier: Type.String({ pattern: '^[A-Za-z0-9@_=\\\\-]+$', maxLength: 100 }),
    title: Type.String({ minLength: 1, maxLength: 200 }),
    description: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 2_000 })),
    level: Type.String({ minLength: 1 }),
    query: Query,
  },
  closed,
);
const Level = Type.Object(
  { title: Type.String({ minLength: 1, maxLength: 100 }), color: Type.Unsafe<string>({ enum: [...colours] }) },
  closed,
);

const identifier = Type.String({ pattern: '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:\\\\/=-]+$', maxLength: 100 });
const parts = {
  title: Type.String({ minLength: 1, maxLength: 200 }),
  filter: nullable(Query),
  properties: nullable({ type: 'object' }),
  levels: Type.Optional(Type.Array(Level, { maxItems: 50 })),
  rules: Type.Array(Rule, { maxItems: 200 }),
};

/** Clients send back what they read; these are ours and left aside. */
const readOnly = Object.fromEntries(
  ['id', 'blueprint', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'].map((key) => [
    key,
    Type.Optional(Type.Unknown()),
  ]),
);

export const ScorecardBody = Type.Object({ identifier, ...parts, ...readOnly }, closed);
/** A scorecard keeps its identifier. */
export const ScorecardReplacement = Type.Object(
  { identifier: Type.Optional(identifier), ...parts, ...readOnly },
  closed,
);
/** In a PATCH, what is not given stays as it is. */
export const ScorecardPatch = Type.Partial(ScorecardReplacement, closed);
export const ScorecardSet = Type.Array(ScorecardBody, { maxItems: 100 });

export type ScorecardBody = Static<typeof ScorecardBody>;
export type ScorecardPatch = Static<typeof ScorecardPatch>;
export type ScorecardReplacement = Static<typeof ScorecardReplacement>;

export const ScorecardPath = Type.Object({
  blueprint: Type.String({ minLength: 1 }),
  scorecard: Type.String({ minLength: 1 }),
});

const name = Type.String({ minLength: 1, maxLength: 1_000 });
const names = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 254 }), { maxItems: 200 }));

export const ExemptionPath = Type.Object({ exemption: Type.String() });
export const ExemptionEntityPath = Type.Object({ blueprint: name, entity: name });
export const ExemptionQuery = Type.Object({
  blueprint: Type.Optional(name),
  entity: Type.Optional(name),
  scorecard: Type.Optional(name),
  status: Type.Optional(Type.Unsafe<string>({ enum: ['PENDING', 'ACTIVE', 'REJECTED', 'EXPIRED', 'REVOKED'] })),
});
export const ExemptionBody = Type.Object(
  { scorecard: name, rule: name, until: Type.String({ maxLength: 40 }), reason: Type.String({ maxLength: 2_000 }) },
  closed,
);
export const ExemptionPolicy = Type.Object(
  { approvers: Type.Object({ users: names, roles: names, teams: names }, closed) },
  closed,
);
