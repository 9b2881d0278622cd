import { Type } from 'typebox';

const listed = Type.Union([Type.String(), Type.Array(Type.String())]);

export const auditQuery = Type.Object({
  identifier: Type.Optional(Type.String()),
  entity: Type.Optional(Type.String()),
  blueprint: Type.Optional(Type.String()),
  run_id: Type.Optional(Type.String()),
  resources: Type.Optional(listed),
  includes: Type.Optional(listed),
  action: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
  origin: Type.Optional(listed),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});

export const entityPath = Type.Object({
  blueprint: Type.String({ minLength: 1 }),
  entity: Type.String({ minLength: 1 }),
});
/** An ISO-8601 date and time. */
export const asOfQuery = Type.Object({ at: Type.String() });
