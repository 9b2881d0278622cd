import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import cookie from '@fastify/cookie';
import { Ajv } from 'ajv';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  LogController,
} from 'fastify';
import type { Actor, Origin } from '../commands/actor.ts';
import type { CommandRunner } from '../commands/command-runner.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { Problem, problem } from '../problem.ts';
import { acceptBodies, rawBodyOf } from './accept-bodies.ts';
import { assertStorableUrl } from './check-text.ts';
import { closeUnusedConnections } from './close-unused-connections.ts';
import { compileLate } from './compile-late.ts';
import { errorReply } from './error-reply.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import { refuseUnreadable } from './refuse-unreadable.ts';
import { expectedVersion, idempotentRequest } from './request-conditions.ts';
import type { Access, Reply, Route, RouteRequest } from './route.ts';

export interface Identity {
  readonly actor: Actor;
  readonly origin: Origin;
}

export interface Credentials {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly csrfToken: string | undefined;
}

export interface HttpServerOptions {
  readonly routes: readonly Route[];
  readonly log: Log;
  readonly runner: CommandRunner;
  /** Who is calling; null when nothing was brought, a Problem when what was brought does not hold. */
  readonly authenticate: (credentials: Credentials) => Promise<Identity | null>;
  readonly trustProxy: readonly string[];
  readonly observe?: (route: string, method: string, status: number, seconds: number) => void;
}

const mebibyte = 1_048_576;
/** Entity identifiers may have 1,000 characters, each up to 12 when encoded. */
const parameterLimit = 12_000;
const requestIdShape = /^[\w.-]{1,64}$/;
const unsafeMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Prefixes whose unknown paths are JSON 404s; every other path belongs to the UI. */
export const apiPrefixes = ['/v1', '/api', '/gate', '/hooks', '/health', '/notifications', '/docs'] as const;

/** Builds the server from routes declared as data: validation, identity, idempotency and errors live here alone. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: mebibyte,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    requestTimeout: 60_000,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => void sendError(options.log, error, request, reply),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdShape.test(given) ? given : newId('req');
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: parameterLimit },
  });
  app.setValidatorCompiler(({ schema, httpPart }) => compileLate(httpPart === 'body' ? bodyAjv : textAjv, schema));
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  await app.register(cookie);
  acceptBodies(app);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    void reply.header('x-content-type-options', 'nosniff');
  });
  app.addHook('onResponse', async (request, reply) => logRequest(options, request, reply));
  endStreamsOnClose(app);
  app.setErrorHandler((error, request, reply) => sendError(options.log, error, request, reply));
  return app;
}

/**
 * Streams end when the server stops, not when the last client goes away. They are waited for, since only connections
 * without a request can be closed.
 */
function endStreamsOnClose(app: FastifyInstance): void {
  const streams = createOpenStreams();
  openStreams.set(app.server, streams);
  const closeUnused = closeUnusedConnections(app.server);
  app.addHook('preClose', async () => {
    closeUnused();
    await streams.endAll();
  });
}

/** Adds routes; apart from creation so that the API description can be registered before them. */
export function addRoutes(app: FastifyInstance, options: HttpServerOptions): void {
  for (const declared of options.routes) {
    app.route({
      method: declared.method,
      url: declared.path,
      bodyLimit: declared.bodyLimit ?? mebibyte,
      schema: schemaOf(declared),
      config: { rawBody: declared.rawBody ?? false },
      // Before the body is read: a stranger learns nothing about it, and costs little.
      onRequest: async (request) => {
        assertStorableUrl(request.url);
        identities.set(request, await identify(options, declared.access, request));
      },
      handler: async (request, reply) => answer(options, declared, request, reply),
    });
  }
}

const bodyAjv = new Ajv({ strict: false, allErrors: false });
const textAjv = new Ajv({ strict: false, coerceTypes: 'array', useDefaults: true });

function schemaOf(declared: Route): FastifySchema {
  const { params, query, body } = declared.request ?? {};
  return {
    summary: declared.summary,
    tags: [declared.tag],
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined || declared.rawBody === true ? {} : { body }),
    ...(declared.access === 'anyone' ? { security: [] } : {}),
  } as FastifySchema;
}

const identities = new WeakMap<FastifyRequest, Identity | null>();
const openStreams = new WeakMap<FastifyInstance['server'], OpenStreams>();

async function answer(
  options: HttpServerOptions,
  declared: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const identity = identities.get(request) ?? null;
  const result: Reply = await declared.handle(routeRequest(options, identity, reply));
  void reply.status(result.status).headers(result.headers ?? {});
  const isRaw = result.body instanceof Readable || Buffer.isBuffer(result.body);
  return isRaw ? reply.send(result.body) : reply.type('application/json').send(result.body);
}

function credentialsOf(request: FastifyRequest): Credentials {
  const csrf = request.headers['x-csrf-token'];
  return {
    method: request.method,
    authorization: request.headers.authorization,
    cookies: request.cookies,
    csrfToken: typeof csrf === 'string' ? csrf : undefined,
  };
}

async function identify(options: HttpServerOptions, access: Access, request: FastifyRequest): Promise<Identity | null> {
  const credentials = credentialsOf(request);
  if (access === 'known') {
    const identity = await options.authenticate(credentials);
    if (identity === null) throw problem('unauthenticated', 'unauthorized', 'Sign in, or send a bearer token.');
    return identity;
  }
  try {
    return await options.authenticate(credentials);
  } catch (error) {
    // A stale cookie or token must not keep anybody from a route that is open to all, sign-in above all.
    if (error instanceof Problem) return null;
    throw error;
  }
}

function routeRequest(
  options: HttpServerOptions,
  identity: Identity | null,
  reply: FastifyReply,
): Parameters<Route['handle']>[0] {
  const { request } = reply;
  const shared = {
    requestId: request.id,
    params: request.params as never,
    query: request.query as never,
    body: request.body,
    rawBody: rawBodyOf(request),
    rawHeaders: request.raw.rawHeaders,
    headers: request.headers,
    cookies: request.cookies,
    url: request.url,
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    expectedVersion: expectedVersion(request.headers['if-match']),
  };
  const caller = identity === null ? null : { ...identity, requestId: request.id };
  const keyed = idempotentRequest(request, rawBodyOf(request));
  let executed = 0;
  const execute: RouteRequest<Actor, never, never, never>['execute'] = async (command, input, executeOptions) => {
    if (caller === null) throw problem('unauthenticated', 'unauthorized', 'Sign in, or send a bearer token.');
    // A request that takes several commands has one answer for each.
    executed += 1;
    const idempotency =
      executed === 1 || keyed === undefined ? keyed : { ...keyed, route: `${keyed.route} ${executed}` };
    return options.runner.execute(caller, command, input, { idempotency, ...executeOptions });
  };
  let signal: AbortSignal | undefined;
  const request_ = {
    ...shared,
    actor: identity?.actor ?? null,
    origin: identity?.origin ?? 'API',
    isKeyed: keyed !== undefined,
    execute,
    // Made when asked for: only streams do.
    get signal() {
      return (signal ??= endOf(options, identity, reply));
    },
  };
  return request_ as unknown as Parameters<Route['handle']>[0];
}

/** Aborted when the client goes away, the server stops, or who follows signed out or may do other things now. */
function endOf(options: HttpServerOptions, identity: Identity | null, reply: FastifyReply): AbortSignal {
  const streams = openStreams.get(reply.server.server);
  if (streams === undefined) throw new Error('The server has no place for streams');
  const follower = identity === null ? 'anyone' : `${identity.actor.orgId} ${identity.actor.id}`;
  const credentials = credentialsOf(reply.request);
  return streams.open(reply, follower, async () => {
    try {
      const now = await options.authenticate(credentials);
      return isDeepStrictEqual(now?.actor, identity?.actor);
    } catch (error) {
      // While the database is away nothing is known, and nothing can be read either.
      return !(error instanceof Problem);
    }
  });
}

function logRequest(options: HttpServerOptions, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unmatched';
  options.observe?.(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  const level = unsafeMethods.has(request.method) || reply.statusCode >= 400 ? 'info' : 'debug';
  options.log[level]({
    event: 'request',
    request: request.id,
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
  });
}

async function sendError(
  log: Log,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const said = errorReply(error, request.id);
  if (said.unexpected) log.error({ event: 'request-failed', request: request.id, err: error });
  return reply
    .status(said.status)
    .headers({ 'x-trace-id': request.id, ...said.headers })
    .type('application/json')
    .send(said.body);
}
