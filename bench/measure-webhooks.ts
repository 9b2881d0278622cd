import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { startBenchDatabase } from './bench-database.ts';
import { type Figure, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const perSecond = 200;
const seconds = 18;
/** Code that has just been loaded is slow for a moment; these seconds are checked for order and loss alone. */
const warmSeconds = 3;
const entities = 100;
const idleWrites = 40;
/** Nobody waits longer for one webhook. */
const patienceMs = 10_000;

interface Arrival {
  readonly at: number;
  readonly entity: string;
  readonly step: number;
}

/** From the moment a write is sent to the arrival of its signed webhook, at rest and under load. */
export async function measureWebhooks(): Promise<readonly Figure[]> {
  const receiver = await startReceiver();
  const database = await startBenchDatabase();
  const program = await startProgram({ DATABASE_URL: database.product, QUAYSIDE_EGRESS_ALLOW: receiver.authority });
  try {
    await program.call('POST', '/v1/blueprints', {
      identifier: 'service',
      title: 'Service',
      schema: { properties: { step: { type: 'number' } }, required: [] },
      relations: {},
      changelogDestination: { type: 'WEBHOOK', url: `http://${receiver.authority}/` },
    });
    const idle = await atRest(program, receiver.arrivals);
    const loaded = await underLoad(program, receiver.arrivals);
    const loss = loaded.lost + loaded.disordered;
    const note = `${perSecond} changes/s for ${seconds} s over ${entities} entities, the first ${warmSeconds} s left out`;
    return [
      { name: 'write → webhook, at rest, p50', value: percentile(idle, 50), unit: 'ms', promise: { atMost: 50 } },
      {
        name: 'write → webhook under load, p50',
        value: percentile(loaded.latencies, 50),
        unit: 'ms',
        promise: { atMost: 50 },
        note,
      },
      {
        name: 'write → webhook under load, p99',
        value: percentile(loaded.latencies, 99),
        unit: 'ms',
        promise: { atMost: 500 },
        note: `rate reached ${Math.round(loaded.rate)}/s`,
      },
      { name: 'webhooks lost or out of order', value: loss, unit: '×', promise: { atMost: 0 } },
    ];
  } finally {
    await program.stop();
    await database.stop();
    receiver.close();
  }
}

async function put(program: Program, entity: string, step: number): Promise<void> {
  const body = { identifier: entity, properties: { step } };
  const answer = await program.call('POST', '/v1/blueprints/service/entities?upsert=true', body);
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

async function atRest(program: Program, arrivals: readonly Arrival[]): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let step = 1; step <= idleWrites; step += 1) {
    const begun = performance.now();
    await put(program, 'idle', step);
    const arrived = (): Arrival | undefined => arrivals.find((item) => item.entity === 'idle' && item.step === step);
    while (arrived() === undefined) {
      if (performance.now() - begun > patienceMs) throw new Error(`Webhook ${step} did not arrive`);
      await wait(1);
    }
    latencies.push((arrived()?.at ?? Number.NaN) - begun);
    await wait(20);
  }
  return latencies.slice(idleWrites / 4);
}

/** Writes at fixed times, whether earlier ones were answered or not; one entity's writes wait for each other. */
async function underLoad(
  program: Program,
  arrivals: readonly Arrival[],
): Promise<{ latencies: readonly number[]; lost: number; disordered: number; rate: number }> {
  const total = perSecond * seconds;
  const sent = new Map<string, number>();
  const former = new Map<string, Promise<void>>();
  const begun = performance.now();
  for (let index = 0; index < total; index += 1) {
    const due = begun + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    const entity = `e${index % entities}`;
    const step = Math.floor(index / entities) + 1;
    const write = (former.get(entity) ?? Promise.resolve()).then(async () => {
      sent.set(`${entity} ${step}`, performance.now());
      await put(program, entity, step);
    });
    former.set(entity, write);
  }
  await Promise.all(former.values());
  const rate = (total * 1000) / (performance.now() - begun);
  const loaded = (): readonly Arrival[] => arrivals.filter((item) => item.entity !== 'idle');
  for (let patience = 0; patience < 300 && loaded().length < total; patience += 1) await wait(100);
  const seen = new Map<string, number>();
  let disordered = 0;
  const arrived = loaded().map(({ at, entity, step }) => {
    if (step !== (seen.get(entity) ?? 0) + 1) disordered += 1;
    seen.set(entity, step);
    return { begun: sent.get(`${entity} ${step}`) ?? Number.NaN, at };
  });
  const latencies = arrived
    .filter((item) => item.begun > begun + warmSeconds * 1000)
    .map((item) => item.at - item.begun);
  return { latencies, lost: total - loaded().length, disordered, rate };
}

async function startReceiver(): Promise<{ authority: string; arrivals: readonly Arrival[]; close: () => void }> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const at = performance.now();
      response.end();
      const change = JSON.parse(Buffer.concat(chunks).toString()) as {
        context: { entity?: string };
        diff: { after: { properties: { step: number } } };
      };
      const { entity } = change.context;
      if (entity !== undefined) arrivals.push({ at, entity, step: change.diff.after.properties.step });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  return {
    authority: `127.0.0.1:${port}`,
    arrivals,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
