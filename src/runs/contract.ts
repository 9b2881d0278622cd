import { Type } from 'typebox';

const endStatus = Type.Union([Type.Literal('SUCCESS'), Type.Literal('FAILURE')]);
const nullable = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()]);
const listed = Type.Union([Type.String(), Type.Array(Type.String())]);

/** Extra keys are let through: Ocean sends the whole run back in one of its paths. */
export const runPatchBody = Type.Object({
  status: Type.Optional(Type.String()),
  statusLabel: Type.Optional(nullable(Type.String({ maxLength: 1000 }))),
  link: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 100 }), Type.Null()])),
  message: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  summary: Type.Optional(nullable(Type.String({ maxLength: 100_000 }))),
  externalRunId: Type.Optional(Type.String({ maxLength: 1000 })),
});

export const runLogBody = Type.Object(
  {
    message: Type.String(),
    terminationStatus: Type.Optional(endStatus),
    statusLabel: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
);

/** Port's answer to an approval; closed as Port has it. */
export const runApprovalBody = Type.Object(
  {
    status: Type.Union([Type.Literal('APPROVE'), Type.Literal('DECLINE')]),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  { additionalProperties: false },
);

export const approversQuery = Type.Object({ include_pending_approvers: Type.Optional(Type.Boolean()) });

export const runParams = Type.Object({ run: Type.String() });

export const runVersionQuery = Type.Object({ version: Type.Optional(Type.String()) });

export const runListQuery = Type.Object({
  version: Type.Optional(Type.String()),
  entity: Type.Optional(Type.String()),
  blueprint: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  active: Type.Optional(Type.Boolean()),
  status: Type.Optional(
    Type.Union([
      Type.Literal('IN_PROGRESS'),
      Type.Literal('WAITING_FOR_APPROVAL'),
      Type.Literal('SUCCESS'),
      Type.Literal('FAILURE'),
      Type.Literal('DECLINED'),
    ]),
  ),
  user_email: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
  external_run_id: Type.Optional(Type.String()),
  source: Type.Optional(listed),
  /** Fields to leave out of each run. */
  exclude: Type.Optional(listed),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});

export const runLogQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 })),
});
