import { Type } from 'typebox';

/** Parts of documents that say where something is sent, secrets in addresses and headers included. */
export const destinationParts = [
  'invocationMethod',
  'approvalNotification',
  'changelogDestination',
  'stages',
  'triggers',
  'notifications',
];

const title = Type.String({ minLength: 1, maxLength: 200 });
const url = Type.String({ minLength: 1, maxLength: 2_000 });

export const streamBody = Type.Object({ title, url }, { additionalProperties: false });
/** What is not given stays. */
export const streamPatch = Type.Object(
  { title: Type.Optional(title), url: Type.Optional(url) },
  { additionalProperties: false },
);

/** An address to which every event is told, as answers show it. */
export interface WireStream {
  readonly id: string;
  readonly title: string;
  /** Without what may be a secret. */
  readonly endpoint: string;
  readonly version: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** Events that wait for their turn. */
  readonly waiting: number;
  readonly givenUp: number;
  readonly lastDelivered: { readonly eventNumber: number; readonly at: string } | null;
  /** The event whose turn it is, where it could not be told so far. */
  readonly failing: {
    readonly delivery: string;
    readonly eventNumber: number;
    readonly attempts: number;
    readonly status: number | null;
    readonly error: string;
    readonly nextAttemptAt: string | null;
  } | null;
}

export interface StreamTest {
  readonly works: boolean;
  readonly status: number | null;
  /** Why it does not work, without any secret. */
  readonly message: string | null;
}
