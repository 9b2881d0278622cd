import type { Readable } from 'node:stream';
import type { Static, TSchema } from 'typebox';
import type { Actor, Origin } from '../commands/actor.ts';
import type { Command } from '../commands/write-context.ts';
import type { ExecuteOptions } from '../commands/command-runner.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: anybody, or only somebody who signed in or brought a token. What they may do, the command decides. */
export type Access = 'anyone' | 'known';

export interface RouteRequest<Actorish extends Actor | null, Params, Query, Body> {
  readonly actor: Actorish;
  readonly origin: Origin;
  readonly requestId: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly rawBody: Buffer;
  /** Names and values by turns, as they came: in order, in their case, repeated ones apart. */
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** Path and query as they came. */
  readonly url: string;
  readonly ip: string;
  readonly userAgent: string;
  /** From `If-Match`: the version the client edited, or null when it did not say. */
  readonly expectedVersion: number | null;
  /** Aborted when the client goes away or the server stops; for streams. */
  readonly signal: AbortSignal;
  /** Whether an Idempotency-Key came: what may have been answered before is answered alone. */
  readonly isKeyed: boolean;
  /** Runs a command as the caller, with the request's Idempotency-Key when there is one. */
  readonly execute: Actorish extends null
    ? never
    : <Input, Result>(
        command: Command<Input, Result>,
        input: Input,
        options?: ExecuteOptions<Input>,
      ) => Promise<Result>;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON; streams and bytes as they are. */
  readonly body: object | Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteShape {
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
}

type Shape<Schema> = Schema extends TSchema ? Static<Schema> : Readonly<Record<string, never>>;
type BodyShape<Schema> = Schema extends TSchema ? Static<Schema> : unknown;

export interface RouteDefinition<R extends RouteShape, A extends Access> {
  readonly method: Method;
  /** With `:name` parameters, e.g. `/v1/blueprints/:blueprint`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: A;
  readonly request?: R;
  /** Bytes; one MiB unless told. */
  readonly bodyLimit?: number;
  /** The body is handed over as bytes and not parsed: signatures are checked over it. */
  readonly rawBody?: boolean;
  /** Statuses beside 200 that the route answers, for the API description. */
  readonly statuses?: readonly number[];
  readonly handle: (
    request: RouteRequest<
      A extends 'known' ? Actor : Actor | null,
      Shape<R['params']>,
      Shape<R['query']>,
      BodyShape<R['body']>
    >,
  ) => Promise<Reply>;
}

/** A route with its types forgotten, for lists. */
export type Route = RouteDefinition<RouteShape, Access>;

/** Declares a route as data; the server, the API description and the tests that walk all routes read it. */
export function route<const R extends RouteShape, const A extends Access>(definition: RouteDefinition<R, A>): Route {
  return definition as unknown as Route;
}

export function ok(body: object, headers?: Readonly<Record<string, string>>): Reply {
  return { status: 200, body: { ok: true, ...body }, ...(headers === undefined ? {} : { headers }) };
}

export function created(body: object, headers?: Readonly<Record<string, string>>): Reply {
  return { ...ok(body, headers), status: 201 };
}

export function etag(version: number): Readonly<Record<string, string>> {
  return { etag: `"${version}"` };
}
