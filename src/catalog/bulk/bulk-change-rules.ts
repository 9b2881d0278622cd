import Type, { type Static } from 'typebox';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Caller } from '#platform/commands/command-runner.ts';
import type { JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import { checkStorable } from '../check-storable.ts';

const closed = { additionalProperties: false };
const identifier = Type.String({ minLength: 1, maxLength: 1_000 });
/** So many may be named one by one; more are named by a query. */
const namedLimit = 1_000;

const Scope = Type.Union([
  Type.Object({ identifiers: Type.Array(identifier, { minItems: 1, maxItems: namedLimit }) }, closed),
  Type.Object(
    {
      query: Type.Optional(Type.Object({}, { additionalProperties: true })),
      q: Type.Optional(Type.String({ maxLength: 200 })),
      except: Type.Optional(Type.Array(identifier, { maxItems: namedLimit })),
    },
    closed,
  ),
]);
const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });
const Edit = Type.Object(
  {
    kind: Type.Literal('edit'),
    title: Type.Optional(nullableText),
    icon: Type.Optional(nullableText),
    team: Type.Optional(Type.Unsafe<unknown>({ type: ['string', 'array', 'null'] })),
    properties: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object' })),
    relations: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object' })),
  },
  closed,
);
const Deletion = Type.Object(
  {
    kind: Type.Literal('delete'),
    /** Entities that require a deleted one keep it from going, or go as well. */
    dependents: Type.Unsafe<'refuse' | 'delete'>({ type: 'string', enum: ['refuse', 'delete'] }),
  },
  closed,
);
const change = Type.Union([Edit, Deletion]);
export const PreviewBody = Type.Object({ scope: Scope, change }, closed);
/** `state` is what a preview gave: when something else would be touched by now, nothing is. */
export const BulkBody = Type.Object(
  { scope: Scope, change, state: Type.Optional(Type.String({ maxLength: 100 })) },
  closed,
);

/** A scope of failures is those of another change, to be tried again. */
export type BulkScope = Static<typeof Scope> | { readonly failuresOf: string };
export type BulkEdit = Static<typeof Edit>;
export type BulkDeletion = Static<typeof Deletion>;
export type BulkWork = BulkEdit | BulkDeletion;

export type BulkStatus = 'running' | 'cancelling' | 'completed' | 'cancelled' | 'failed';

export interface BulkChange {
  readonly id: string;
  readonly blueprint: string;
  readonly status: BulkStatus;
  readonly change: BulkWork;
  readonly scope: BulkScope;
  readonly caller: Omit<Caller, 'requestId'>;
  readonly total: number;
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly after: string | null;
  readonly round: number;
  readonly roundDone: number;
  readonly message: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly endedAt: Date | null;
}

/** One entity that was refused, as calls in bulk tell it. */
export interface BulkFailure {
  readonly identifier: string;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly details: JsonObject;
}

/** Refuses a change that says nothing or could not be kept; whether values fit, each entity decides. */
export function checkBulkWork(work: BulkWork): void {
  const fault = checkStorable(work);
  const keys = (part: object | undefined): number => Object.keys(part ?? {}).length;
  const isBlank =
    work.kind === 'edit' &&
    work.title === undefined &&
    work.icon === undefined &&
    work.team === undefined &&
    keys(work.properties) + keys(work.relations) === 0;
  const message = fault ?? (isBlank ? 'must change something' : null);
  if (message === null) return;
  throw problem('invalid', 'invalid_request', `"change" ${message}.`, { errors: [{ path: 'change', message }] });
}

/** Who asked for it, and who may change all entities of the blueprint. */
export function maySeeBulk(actor: Actor, { createdBy, blueprint }: BulkChange): boolean {
  return createdBy === actor.id || may(actor, 'entity.write', { blueprint });
}

export function toWireBulk(one: BulkChange): JsonObject {
  const { caller: _, scope, after: _after, round: _round, roundDone: _done, createdAt, endedAt, ...rest } = one;
  return {
    ...rest,
    scope,
    createdAt: new Date(createdAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  };
}

/** 202 while it goes on, 207 where some were refused. */
export function statusOfBulk({ status, failed }: BulkChange): number {
  if (status === 'running' || status === 'cancelling') return 202;
  return failed > 0 || status !== 'completed' ? 207 : 200;
}
