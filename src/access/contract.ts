import { Type } from 'typebox';

export const accessTokenBody = Type.Object(
  { clientId: Type.String(), clientSecret: Type.String() },
  { additionalProperties: false },
);

export const credentialNameBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
);

const roles = Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { minItems: 1, maxItems: 50 });
const names = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 });
export const emailPattern = '^[^\\s@]+@[^\\s@]+$';
export const teamNamePattern = '^[^;#/?\\s]([^;#/?]*[^;#/?\\s])?$';
const email = Type.String({ pattern: emailPattern, maxLength: 254 });
const password = Type.String({ minLength: 12, maxLength: 256 });
const teamName = Type.String({ minLength: 1, maxLength: 100, pattern: teamNamePattern });

export const signInBody = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 256 }) },
  { additionalProperties: false },
);

export const preferencesBody = Type.Object(
  {
    language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('zh-CN'), Type.Null()])),
    theme: Type.Optional(Type.Union([Type.Literal('light'), Type.Literal('dark'), Type.Literal('auto'), Type.Null()])),
  },
  { additionalProperties: false },
);

export const invitationBody = Type.Object(
  { email, roles: Type.Optional(roles), teams: Type.Optional(names) },
  { additionalProperties: false },
);

/** Port's own form of an invitation. */
export const inviteUserBody = Type.Object({ invitee: invitationBody }, { additionalProperties: false });

export const acceptanceBody = Type.Object(
  {
    firstName: Type.String({ minLength: 1, maxLength: 100 }),
    lastName: Type.String({ maxLength: 100 }),
    password,
  },
  { additionalProperties: false },
);

export const userPatchBody = Type.Object(
  { roles: Type.Optional(roles), teams: Type.Optional(names) },
  { additionalProperties: false },
);

export const teamBody = Type.Object(
  {
    name: teamName,
    description: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
    users: Type.Optional(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 1000 })),
  },
  { additionalProperties: true },
);

export const teamPatchBody = Type.Partial(teamBody);

export const organisationBody = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    announcement: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    isOnboarded: Type.Optional(Type.Boolean()),
    toolSelectionProvisioning: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

export const directoryQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  named: Type.Optional(
    Type.Union([Type.String({ maxLength: 254 }), Type.Array(Type.String({ maxLength: 254 }), { maxItems: 200 })]),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
});

export const idParams = Type.Object({ id: Type.String() });
export const emailParams = Type.Object({ email: Type.String() });
export const nameParams = Type.Object({ name: Type.String() });
export const tokenParams = Type.Object({ token: Type.String() });
