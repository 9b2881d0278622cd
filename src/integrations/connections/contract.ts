import { type TSchema, Type } from 'typebox';

const closed = { additionalProperties: false };
const text = Type.String({ minLength: 1, maxLength: 1_000 });
const address = Type.String({ minLength: 1, maxLength: 1_000, pattern: '^https?://[^\\s/]+' });
const secret = Type.Union([Type.String({ minLength: 1, maxLength: 65_536 }), Type.Null()]);

/** What an organisation says to be connected to a kind of system. */
interface ConnectionKind {
  readonly settings: Readonly<Record<string, TSchema>>;
  /** Kept sealed and never shown; null takes one away, what is left out stays. */
  readonly secrets: readonly string[];
}

const connectionKinds = {
  github: {
    settings: { apiUrl: address, appId: text, installationId: Type.String({ pattern: '^[0-9]{1,20}$' }) },
    secrets: ['token', 'privateKey', 'webhookSecret'],
  },
  gitlab: { settings: { url: address }, secrets: ['token', 'triggerToken'] },
  'azure-devops': { settings: { url: address, project: text }, secrets: ['webhookSecret', 'token'] },
  kafka: {
    settings: {
      brokers: Type.Array(Type.String({ pattern: '^[^\\s/:]+:[0-9]{1,5}$' }), { minItems: 1, maxItems: 50 }),
      tls: Type.Boolean(),
      saslMechanism: Type.Union([Type.Literal('PLAIN'), Type.Literal('SCRAM-SHA-256'), Type.Literal('SCRAM-SHA-512')]),
    },
    secrets: ['username', 'password'],
  },
} as const satisfies Readonly<Record<string, ConnectionKind>>;

export type ConnectionKindName = keyof typeof connectionKinds;

export const connectionKindNames = Object.keys(connectionKinds) as readonly ConnectionKindName[];

/** The body that connects to one kind of system. */
export function connectionBody(kind: ConnectionKindName) {
  const { settings, secrets }: ConnectionKind = connectionKinds[kind];
  const optional = Object.entries(settings).map(([key, schema]) => [key, Type.Optional(schema)] as const);
  return Type.Object(
    {
      settings: Type.Optional(Type.Object(Object.fromEntries(optional), closed)),
      secrets: Type.Optional(
        Type.Object(Object.fromEntries(secrets.map((key) => [key, Type.Optional(secret)])), closed),
      ),
    },
    closed,
  );
}
