import { setTimeout as wait } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { createPortalClient, type PortalClient } from '#cli/portal-client.ts';
import type { Clock } from '#platform/clock.ts';
import { verifyPortWebhook } from '#platform/crypto/port-signature.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import type { Log } from '#platform/log.ts';

export interface BackendOptions {
  readonly quaysideUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between one step and the next, so that a person can watch. */
  readonly paceMilliseconds: number;
}

export const backendPath = '/microservices';

/** A run that somebody asked this backend to carry out. */
interface Order {
  readonly action: string;
  readonly runId: string;
  readonly entity: string | null;
  readonly properties: JsonObject;
}

/** What a backend does to a run, over the public API. */
interface RunReporter {
  isOpen(): Promise<boolean>;
  say(message: string): Promise<void>;
  upsert(blueprint: string, entity: JsonObject): Promise<void>;
  end(change: JsonObject): Promise<void>;
}

type Work = (order: Order, run: RunReporter) => Promise<void>;

/**
 * The sample's own backend, as somebody would write one: takes the signed order, answers at once, then reads the run,
 * writes entities in its name, tells its progress and ends it.
 */
export function buildMicroserviceBackend(options: BackendOptions): FastifyInstance {
  const portal = createPortalClient(options.quaysideUrl, options);
  const closing = new AbortController();
  const going = new Set<Promise<void>>();
  const app = fastify({ logger: false, forceCloseConnections: true });
  // The signature covers the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post(backendPath, async (request, reply) => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const check = verifyPortWebhook({
      secrets: [options.clientSecret],
      timestamp: request.headers['x-port-timestamp'],
      signature: request.headers['x-port-signature'],
      rawBody,
      nowMs: options.clock.now().getTime(),
    });
    if (!check.valid) return reply.code(401).send({ ok: false, message: `Not trusted: ${check.reason} signature` });
    const order = readOrder(rawBody.toString('utf8'));
    const work = order === undefined ? undefined : works.get(order.action);
    if (order === undefined || work === undefined) {
      return reply.code(422).send({ ok: false, message: 'The body names no run or no action this backend knows.' });
    }
    const doing = carryOut({ ...options, portal, signal: closing.signal }, order, work);
    going.add(doing);
    void doing.finally(() => going.delete(doing));
    return { ok: true };
  });
  app.addHook('onClose', async () => {
    closing.abort();
    await Promise.allSettled(going);
  });
  return app;
}

function readOrder(json: string): Order | undefined {
  const body: unknown = parsed(json);
  if (!isJsonObject(body) || !isJsonObject(body['context'])) return undefined;
  const { runId, entity } = body['context'];
  if (typeof body['action'] !== 'string' || typeof runId !== 'string') return undefined;
  const payload = isJsonObject(body['payload']) ? body['payload'] : {};
  return {
    action: body['action'],
    runId,
    entity: typeof entity === 'string' ? entity : null,
    properties: isJsonObject(payload['properties']) ? payload['properties'] : {},
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

interface Surroundings extends BackendOptions {
  readonly portal: PortalClient;
  readonly signal: AbortSignal;
}

async function carryOut(surroundings: Surroundings, order: Order, work: Work): Promise<void> {
  const run = reporter(surroundings, order.runId);
  try {
    if (await run.isOpen()) await work(order, run);
  } catch (error) {
    if (surroundings.signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    surroundings.log.warn({ event: 'sample-backend-failed', run: order.runId, reason });
    await run.say(reason).catch(() => undefined);
    await run.end({ status: 'FAILURE' }).catch(() => undefined);
  }
}

function reporter({ portal, paceMilliseconds, signal }: Surroundings, runId: string): RunReporter {
  const path = `/v1/actions/runs/${encodeURIComponent(runId)}`;
  const call = async (method: 'POST' | 'PATCH', where: string, body: JsonObject, doing: string): Promise<void> => {
    await wait(paceMilliseconds, undefined, { signal });
    await portal.call({ doing, method, path: where, body, signal });
  };
  return {
    async isOpen() {
      const answer = await portal.call({ doing: 'read the run', method: 'GET', path, signal });
      return isJsonObject(answer['run']) && answer['run']['status'] === 'IN_PROGRESS';
    },
    say: async (message) => call('POST', `${path}/logs`, { message }, 'add to the log of the run'),
    upsert: async (blueprint, entity) => {
      const query = new URLSearchParams({ upsert: 'true', merge: 'true', run_id: runId });
      const where = `/v1/blueprints/${encodeURIComponent(blueprint)}/entities?${query.toString()}`;
      await call('POST', where, entity, `write the entity of blueprint ${blueprint}`);
    },
    end: async (change) => call('PATCH', path, change, 'end the run'),
  };
}

const works: ReadonlyMap<string, Work> = new Map([
  ['create_microservice', createMicroservice],
  ['deploy_microservice', deployMicroservice],
  ['report_health', reportHealth],
]);

async function createMicroservice({ properties }: Order, run: RunReporter): Promise<void> {
  const name = text(properties['name']) || 'my-microservice';
  const region = text(properties['region']);
  const identifier =
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'unnamed';
  await run.say(`Creating the repository of ${name} from its template`);
  await run.upsert('microservice', { identifier, title: name, properties: region === '' ? {} : { region } });
  await run.say(`Provisioned ${name}${region === '' ? '' : ` in ${region}`}`);
  await run.end({ status: 'SUCCESS', link: `https://git.example.com/shop/${identifier}` });
}

async function deployMicroservice({ entity, properties }: Order, run: RunReporter): Promise<void> {
  const environment = text(properties['environment']) || 'production';
  const identifier = `${entity}-${environment === 'production' ? 'prod' : environment}`;
  await run.say(`Rolling out ${entity} to ${environment}`);
  await run.upsert('deploymentConfig', { identifier, properties: { healthStatus: 'Healthy' } });
  await run.say(`All instances of ${entity} in ${environment} answer`);
  await run.end({ status: 'SUCCESS', link: `https://deploy.example.com/${identifier}` });
}

async function reportHealth({ entity, properties }: Order, run: RunReporter): Promise<void> {
  const healthStatus = text(properties['healthStatus']);
  await run.say(`The monitor sees ${entity}: ${healthStatus}`);
  await run.upsert('deploymentConfig', { identifier: entity, properties: { healthStatus } });
  await run.end({ status: 'SUCCESS' });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
