import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { buildListener } from '../../../examples/changelog-listener/build-listener.ts';
import { backendPath, buildMicroserviceBackend } from './microservice-backend.ts';

/** What somebody would run beside a portal: the listener of the changelog and the backend of some actions. */
export interface SampleServices {
  /** `127.0.0.1:<port>` */
  readonly authority: string;
  readonly changelogUrl: string;
  readonly backendUrl: string;
  /** Until then both answer 503: they need credentials, and those come with the organisation. */
  connect(connection: ServiceConnection): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceConnection {
  readonly quaysideUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null when Slack is a real one and has no incoming webhook. */
  readonly slackWebhookUrl: string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly paceMilliseconds: number;
}

const listenerPath = '/api/slack';

/** Opens both on one port of this machine, the one kept in the file where that is free. */
export async function openSampleServices(portFile: string): Promise<SampleServices> {
  const handlers = new Map<string, RequestListener>();
  const server = createServer((request, response) => {
    const handle = handlers.get(request.url ?? '');
    if (handle !== undefined) return handle(request, response);
    response.writeHead(503, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ ok: false, message: 'This part of the sample is not connected.' }));
  });
  const listen = async (port: number): Promise<void> =>
    new Promise((listening, failed) => {
      server.once('error', failed);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', failed);
        listening();
      });
    });
  const wanted = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  await listen(Number.isInteger(wanted) ? wanted : 0).catch(async () => listen(0));
  const { port } = server.address() as AddressInfo;
  await writeFile(portFile, `${port}\n`, { mode: 0o600 });
  const origin = `http://127.0.0.1:${port}`;
  const apps: FastifyInstance[] = [];
  const attach = async (path: string, app: FastifyInstance): Promise<void> => {
    apps.push(app);
    await app.ready();
    handlers.set(path, (request, response) => app.routing(request, response));
  };
  return {
    authority: `127.0.0.1:${port}`,
    changelogUrl: origin + listenerPath,
    backendUrl: origin + backendPath,
    async connect(connection) {
      await attach(backendPath, buildMicroserviceBackend(connection));
      const { slackWebhookUrl, clientSecret, log } = connection;
      if (slackWebhookUrl === null) return;
      const listener = buildListener({
        clientSecret,
        slackWebhookUrl,
        log: (line) => log.debug({ event: 'sample-listener' }, line),
      });
      await attach(listenerPath, listener);
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      await Promise.all(apps.map(async (app) => app.close()));
    },
  };
}
