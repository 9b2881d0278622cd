import { Type } from 'typebox';

const text = (maxLength: number) => Type.String({ maxLength });
const identifier = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^/]+$' });
const anything = Type.Record(Type.String(), Type.Unknown());
const listed = Type.Union([Type.String(), Type.Array(Type.String())]);
const operation = Type.Union([Type.Literal('CREATE'), Type.Literal('DAY-2'), Type.Literal('DELETE')]);

const invocationMethod = Type.Object(
  {
    type: Type.Union([
      Type.Literal('WEBHOOK'),
      Type.Literal('GITHUB'),
      Type.Literal('GITLAB'),
      Type.Literal('AZURE_DEVOPS'),
      Type.Literal('AZURE-DEVOPS'),
      Type.Literal('KAFKA'),
      Type.Literal('UPSERT_ENTITY'),
      Type.Literal('INTEGRATION_ACTION'),
      Type.Literal('MOCK'),
      Type.Literal('SCORECARD_REMINDER'),
      Type.Literal('SLACK_MESSAGE'),
    ]),
  },
  { additionalProperties: true },
);

const userInputs = Type.Object(
  {
    properties: Type.Optional(Type.Record(Type.String(), anything)),
    required: Type.Optional(Type.Union([Type.Array(Type.String()), anything])),
    order: Type.Optional(Type.Array(Type.String())),
    steps: Type.Optional(Type.Array(anything)),
    titles: Type.Optional(Type.Record(Type.String(), anything)),
  },
  { additionalProperties: false },
);

/** Read back by clients and sent again; ignored. */
const stamps = {
  id: Type.Optional(Type.Unknown()),
  createdAt: Type.Optional(Type.Unknown()),
  createdBy: Type.Optional(Type.Unknown()),
  updatedAt: Type.Optional(Type.Unknown()),
  updatedBy: Type.Optional(Type.Unknown()),
};

const minutes = Type.Integer({ minimum: 1, maximum: 525_600 });
const approverNames = Type.Optional(Type.Array(text(254), { maxItems: 1000 }));

/** Port's `true`, `ANY` and `ALL`; everything beside `type` is Quayside's own. */
export const requiredApproval = Type.Union([
  Type.Boolean(),
  Type.Object(
    {
      type: Type.Union([Type.Literal('ANY'), Type.Literal('ALL')]),
      /** How many have to approve, with `ANY`. */
      count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      allowSelfApproval: Type.Optional(Type.Boolean()),
      timeoutMinutes: Type.Optional(minutes),
      onTimeout: Type.Optional(Type.Union([Type.Literal('APPROVE'), Type.Literal('DECLINE'), Type.Literal('EXPIRE')])),
      remindEveryMinutes: Type.Optional(minutes),
      escalateAfterMinutes: Type.Optional(minutes),
      escalateTo: Type.Optional(
        Type.Object(
          { users: approverNames, roles: approverNames, teams: approverNames },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
]);

const webAddress = Type.String({ maxLength: 2000, pattern: '^https?://[^\\s]+$' });

export const approvalNotification = Type.Union([
  Type.Object({ type: Type.Literal('email') }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('webhook'),
      url: webAddress,
      format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('slack')])),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('slack'), channel: Type.String({ minLength: 1, maxLength: 200 }) },
    { additionalProperties: false },
  ),
]);

const descriptive = {
  identifier,
  title: Type.Optional(text(200)),
  icon: Type.Optional(Type.Union([text(200), Type.Null()])),
  description: Type.Optional(text(1000)),
  requiredApproval: Type.Optional(requiredApproval),
  approvalNotification: Type.Optional(approvalNotification),
  /** Quayside's own: a run that goes on for longer is ended. */
  timeLimitMinutes: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 43_200 }), Type.Null()])),
};

export const actionBody = Type.Object(
  {
    ...descriptive,
    trigger: Type.Object(
      {
        type: Type.Union([Type.Literal('self-service'), Type.Literal('automation')]),
        operation: Type.Optional(operation),
        blueprintIdentifier: Type.Optional(Type.String()),
        userInputs: Type.Optional(userInputs),
        condition: Type.Optional(anything),
        actionCardButtonText: Type.Optional(Type.String({ minLength: 1, maxLength: 15 })),
        executeActionButtonText: Type.Optional(Type.String({ minLength: 1, maxLength: 15 })),
        event: Type.Optional(anything),
      },
      { additionalProperties: false },
    ),
    invocationMethod,
    publish: Type.Optional(Type.Boolean()),
    allowAnyoneToViewRuns: Type.Optional(Type.Boolean()),
    ...stamps,
  },
  { additionalProperties: false },
);

export const legacyActionBody = Type.Object(
  {
    ...descriptive,
    userInputs: Type.Optional(userInputs),
    invocationMethod,
    trigger: operation,
    blueprint: Type.Optional(Type.Unknown()),
    ...stamps,
  },
  { additionalProperties: false },
);

export const legacyActionsBody = Type.Union([legacyActionBody, Type.Array(legacyActionBody, { maxItems: 200 })]);

export const runBody = Type.Object(
  { properties: Type.Optional(anything), entity: Type.Optional(Type.Union([Type.String(), Type.Null()])) },
  { additionalProperties: false },
);

export const actionParams = Type.Object({ action: Type.String() });
export const blueprintParams = Type.Object({ blueprint: Type.String() });
export const legacyActionParams = Type.Object({ blueprint: Type.String(), action: Type.String() });
export const entityActionParams = Type.Object({
  blueprint: Type.String(),
  entity: Type.String(),
  action: Type.String(),
});
export const actionListQuery = Type.Object({
  version: Type.Optional(Type.String()),
  action_identifier: Type.Optional(listed),
  blueprint_identifier: Type.Optional(listed),
  operation: Type.Optional(listed),
  published: Type.Optional(Type.Boolean()),
  trigger_type: Type.Optional(Type.String()),
  trigger_event: Type.Optional(listed),
  trigger_event_action_identifier: Type.Optional(listed),
});
/** Only what is to differ from the earlier run; secret inputs have to be given again. */
export const rerunBody = Type.Object({ properties: Type.Optional(anything) }, { additionalProperties: false });

export const runQuery = Type.Object({ version: Type.Optional(Type.String()), run_as: Type.Optional(Type.String()) });
const policy = Type.Object(
  {
    queries: Type.Record(Type.String({ minLength: 1, maxLength: 100 }), anything, { maxProperties: 20 }),
    conditions: Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), { minItems: 1, maxItems: 50 }),
  },
  { additionalProperties: false },
);
const names = Type.Optional(Type.Array(text(254), { maxItems: 1000 }));
const grant = Type.Object(
  {
    users: names,
    roles: names,
    teams: names,
    ownedByTeam: Type.Optional(Type.Boolean()),
    policy: Type.Optional(Type.Union([policy, Type.Null()])),
  },
  { additionalProperties: false },
);
/** Only the keys that are given replace what was there. */
export const permissionsBody = Type.Object(
  { execute: Type.Optional(grant), approve: Type.Optional(grant) },
  { additionalProperties: false },
);
/** What somebody entered so far: nothing for what they did not touch, null for what they cleared. */
export const formBody = Type.Object(
  { properties: Type.Optional(anything), entity: Type.Optional(Type.Union([Type.String(), Type.Null()])) },
  { additionalProperties: false },
);
/** Among those of a blueprint; with an entity, among those that can be done to it. */
export const offeredQuery = Type.Object({
  blueprint: Type.Optional(Type.String()),
  entity: Type.Optional(Type.String()),
});
/** A form that is not saved yet. */
export const formPreviewBody = Type.Object(
  {
    userInputs: userInputs,
    blueprintIdentifier: Type.Optional(Type.String()),
    properties: Type.Optional(anything),
    entity: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);
/** A method that is not saved yet, rendered over an entity and inputs. */
export const methodPreviewBody = Type.Object(
  {
    identifier: Type.Optional(identifier),
    trigger: Type.Object(
      {
        operation: Type.Optional(operation),
        blueprintIdentifier: Type.Optional(Type.String()),
        userInputs: Type.Optional(userInputs),
      },
      { additionalProperties: true },
    ),
    invocationMethod: anything,
    properties: Type.Optional(anything),
    entity: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);
