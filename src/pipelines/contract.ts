import { Type } from 'typebox';

const name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
export const applicationName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' });
const text = Type.String({ maxLength: 10_000 });

const groups = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { maxItems: 200 }));

export const applicationBody = Type.Object(
  {
    name: applicationName,
    email: Type.Optional(Type.String({ maxLength: 254 })),
    description: Type.Optional(text),
    notifications: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: 100 })),
    /** Roles or teams by what they may do; nobody is restricted when absent, null or empty. */
    permissions: Type.Optional(
      Type.Union([
        Type.Object({ READ: groups, EXECUTE: groups, WRITE: groups }, { additionalProperties: false }),
        Type.Null(),
      ]),
    ),
  },
  { additionalProperties: false },
);
export const applicationChange = Type.Object(
  { ...Type.Omit(applicationBody, ['name']).properties },
  { additionalProperties: false },
);

const open = { additionalProperties: true };
const refId = Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Integer()]);

const stage = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 100 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    refId: Type.Optional(refId),
    requisiteStageRefIds: Type.Optional(Type.Array(refId, { maxItems: 200 })),
  },
  open,
);
const trigger = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 100 }),
    enabled: Type.Optional(Type.Boolean()),
    id: Type.Optional(Type.String({ maxLength: 100 })),
  },
  open,
);
const notification = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 50 }),
    address: Type.Optional(Type.String({ maxLength: 500 })),
    when: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 20 })),
  },
  open,
);
const parameter = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    label: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(text),
    required: Type.Optional(Type.Boolean()),
    hasOptions: Type.Optional(Type.Boolean()),
    options: Type.Optional(
      Type.Array(Type.Object({ value: Type.String({ maxLength: 1000 }) }, open), { maxItems: 500 }),
    ),
    constraint: Type.Optional(Type.Union([Type.String({ maxLength: 20 }), Type.Null()])),
    condition: Type.Optional(
      Type.Object({ parameter: Type.String(), comparator: Type.String(), comparatorValue: Type.String() }, open),
    ),
  },
  open,
);

/** The document of a pipeline. Keys of other clients are kept. */
export const pipelineBody = Type.Object(
  {
    application: applicationName,
    name,
    id: Type.Optional(Type.String({ maxLength: 100 })),
    description: Type.Optional(Type.Union([text, Type.Null()])),
    disabled: Type.Optional(Type.Boolean()),
    limitConcurrent: Type.Optional(Type.Boolean()),
    maxConcurrentExecutions: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    keepWaitingPipelines: Type.Optional(Type.Boolean()),
    roles: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 100 })),
    updateTs: Type.Optional(Type.Unknown()),
    parameterConfig: Type.Optional(Type.Array(parameter, { maxItems: 100 })),
    triggers: Type.Optional(Type.Array(trigger, { maxItems: 100 })),
    notifications: Type.Optional(Type.Array(notification, { maxItems: 100 })),
    stages: Type.Optional(Type.Array(stage, { maxItems: 500 })),
  },
  open,
);

/** A pipeline that is looked at before it is whole: nothing but an object is asked for. */
export const anyPipelineBody = Type.Object({}, open);

export const applicationParams = Type.Object({ application: Type.String() });
export const pipelineParams = Type.Object({ pipeline: Type.String() });
export const revisionParams = Type.Object({
  pipeline: Type.String(),
  revision: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
});
const listLimit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }));
export const applicationListQuery = Type.Object({
  /** A part of the name. */
  name: Type.Optional(Type.String({ maxLength: 100 })),
  /** `next` of the page before. */
  after: Type.Optional(Type.String({ maxLength: 200 })),
  limit: listLimit,
});
export const pipelineListQuery = Type.Object({
  application: Type.Optional(Type.String()),
  ...applicationListQuery.properties,
});
export const executionParams = Type.Object({ execution: Type.String() });
export const stageParams = Type.Object({ execution: Type.String(), stage: Type.String() });

const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200 }));
const listed = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

export const executionListQuery = Type.Object({
  application: Type.Optional(Type.String()),
  pipeline: Type.Optional(Type.String()),
  status: listed,
  /** Only those that wait for somebody's decision. */
  awaiting: Type.Optional(Type.Boolean()),
  /** Only those that run and have not gone on for two minutes although nothing holds them. */
  stuck: Type.Optional(Type.Boolean()),
  trigger: Type.Optional(Type.String()),
  /** A part of the address of who started it. */
  by: Type.Optional(Type.String({ maxLength: 254 })),
  /** When it was asked for. */
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  /** Id of the last execution of the page before. */
  after: Type.Optional(Type.String()),
  limit,
});

const parameters = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
export const startBody = Type.Object({ parameters }, { additionalProperties: false });
export const cancelBody = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 1000 })) }, open);
export const judgmentBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('continue'), Type.Literal('stop')]),
    input: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
    comment: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
    attempt: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Only told by our own commands. */
    through: Type.Optional(Type.Literal('cli')),
  },
  { additionalProperties: false },
);

export const environmentParams = Type.Object({ application: Type.String(), environment: Type.String() });
export const constraintParams = Type.Object({ application: Type.String(), constraint: Type.String() });
export const configNameParams = Type.Object({ name: Type.String() });

const short = Type.String({ maxLength: 1000 });

/** A version of an artifact; the other fields are shown to who judges it. */
export const versionBody = Type.Object(
  {
    artifact: Type.String({ minLength: 1, maxLength: 200 }),
    version: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    details: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), short, { maxProperties: 20 })),
  },
  { additionalProperties: false },
);

/** Spinnaker's word about a constraint; its other fields say nothing that is not known. */
export const constraintBody = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 100 }),
    artifactVersion: Type.String({ minLength: 1, maxLength: 200 }),
    artifactReference: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
    status: Type.String({ minLength: 1, maxLength: 50 }),
    comment: Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()])),
  },
  open,
);
