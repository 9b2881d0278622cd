import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  observeRequest(route: string, method: string, status: number, seconds: number): void;
  observeJob(queue: string, outcome: 'done' | 'failed', seconds: number): void;
}

const latencyBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Prometheus metrics of one process; labels never carry identifiers of tenants or entities. */
export function createMetrics(readReaderLag: () => Promise<readonly { reader: string; events: number }[]>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'quayside_http_request_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['route', 'method', 'status'],
    buckets: latencyBuckets,
    registers: [registry],
  });
  const jobs = new Histogram({
    name: 'quayside_job_seconds',
    help: 'Duration of jobs',
    labelNames: ['queue', 'outcome'],
    buckets: latencyBuckets,
    registers: [registry],
  });
  const lagFailures = new Counter({
    name: 'quayside_reader_lag_failures_total',
    help: 'How often the lag of the event readers could not be read',
    registers: [registry],
  });
  const lag: Gauge<'reader'> = new Gauge({
    name: 'quayside_reader_lag_events',
    help: 'Events that a reader has still to see',
    labelNames: ['reader'],
    registers: [registry],
    async collect() {
      try {
        for (const item of await readReaderLag()) lag.set({ reader: item.reader }, item.events);
      } catch {
        lagFailures.inc();
      }
    },
  });
  return {
    registry,
    observeRequest: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
    observeJob: (queue, outcome, seconds) => jobs.observe({ queue, outcome }, seconds),
  };
}

/** Serves /metrics on a port of its own, so that it is never reachable through the public address. */
export async function serveMetrics(registry: Registry, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
