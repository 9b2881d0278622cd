import { Type } from 'typebox';

const email = Type.String({ minLength: 1, maxLength: 254 });
const comment = Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()]));

export const approvalParams = Type.Object({ approval: Type.String() });

export const subjectParams = Type.Object({
  kind: Type.Union([Type.Literal('run'), Type.Literal('stage'), Type.Literal('constraint'), Type.Literal('exemption')]),
  subject: Type.String(),
});

export const approvalListQuery = Type.Object({
  view: Type.Optional(Type.Union([Type.Literal('mine'), Type.Literal('pending'), Type.Literal('decided')])),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});

/** `attempt` and `contentHash` are what the caller was looking at; another one than what stands is refused. */
export const decisionBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('approve'), Type.Literal('reject')]),
    comment,
    input: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
    attempt: Type.Optional(Type.Integer()),
    contentHash: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);

export const delegationBody = Type.Object(
  { to: email, from: Type.Optional(email), reason: comment },
  { additionalProperties: false },
);

/** A decision record as it was downloaded. */
export const recordBody = Type.Object(
  {
    record: Type.Record(Type.String(), Type.Unknown()),
    signature: Type.Object(
      {
        algorithm: Type.String({ maxLength: 50 }),
        keyId: Type.String({ maxLength: 100 }),
        publicKey: Type.String({ maxLength: 2000 }),
        value: Type.String({ maxLength: 500 }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: true },
);
