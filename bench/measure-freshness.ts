import { setTimeout as sleep } from 'node:timers/promises';
import { startBenchDatabase } from './bench-database.ts';
import { type Figure, median, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const groups = 40;
const services = 4_000;
const writesPerSecond = 200;
const perCall = 20;
const probes = 30;
const patienceMs = 30_000;
const timeLimitMs = 60_000;

const text = { type: 'string' } as const;
const group = {
  identifier: 'group',
  title: 'Group',
  schema: { properties: { motto: text }, required: [] },
  aggregationProperties: {
    tiers: {
      title: 'Sum of tiers',
      target: 'service',
      calculationSpec: { calculationBy: 'property', func: 'sum', property: 'tier' },
    },
  },
};
const service = {
  identifier: 'service',
  title: 'Service',
  schema: { properties: { tier: { type: 'number' }, note: text }, required: [] },
  relations: { group: { target: 'group', many: false } },
  mirrorProperties: { motto: { path: 'group.motto' } },
};

/** How long mirrors and aggregations lag behind what they are made of, while others write. */
export async function measureFreshness(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  const program = await startProgram({ DATABASE_URL: database.product });
  try {
    await prepare(program);
    const writing = new AbortController();
    const others = writeSteadily(program, writing.signal);
    // The filling above came much faster than the writes beside which is measured: what it left to do is waited for.
    const caughtUp = await mirrorLag(program, probes);
    const mirrored: number[] = [];
    const aggregated: number[] = [];
    const ends = performance.now() + timeLimitMs;
    for (let probe = 0; probe < probes && performance.now() < ends; probe += 1) {
      mirrored.push(await mirrorLag(program, probe));
      aggregated.push(await aggregationLag(program, probe));
    }
    writing.abort();
    const written = await others;
    const note = `${mirrored.length} probes, ${Math.round(written)} other writes/s, ${services} services of ${groups} groups`;
    const promise = { atMost: 1000 };
    const middle = (times: readonly number[]): string => `p50 ${Math.round(median(times))} ms; ${note}`;
    return [
      {
        name: 'change → mirrors of it, p99',
        value: percentile(mirrored, 99),
        unit: 'ms',
        promise,
        note: middle(mirrored),
      },
      {
        name: 'change → aggregation over it, p99',
        value: percentile(aggregated, 99),
        unit: 'ms',
        promise,
        note: middle(aggregated),
      },
      {
        name: 'mirrors behind 4,040 entities written at once',
        value: caughtUp,
        unit: 'ms',
        note: 'once, not promised',
      },
    ];
  } finally {
    await program.stop();
    await database.stop();
  }
}

async function prepare(program: Program): Promise<void> {
  const { aggregationProperties, ...plain } = group;
  await program.call('POST', '/v1/blueprints', plain);
  await program.call('POST', '/v1/blueprints', service);
  await program.call('PATCH', '/v1/blueprints/group', { aggregationProperties });
  await write(
    program,
    'group',
    Array.from({ length: groups }, (_, at) => ({ identifier: `group-${at}`, properties: { motto: 'before' } })),
  );
  await write(
    program,
    'service',
    Array.from({ length: services }, (_, at) => serviceOf(at, 'first', 1)),
  );
}

function serviceOf(at: number, note: string, tier: number): object {
  return { identifier: `service-${at}`, properties: { tier, note }, relations: { group: `group-${at % groups}` } };
}

async function write(program: Program, blueprint: string, entities: readonly object[]): Promise<void> {
  for (let first = 0; first < entities.length; first += perCall) {
    const batch = entities.slice(first, first + perCall);
    const path = `/v1/blueprints/${blueprint}/entities/bulk?upsert=true`;
    const { status, body } = await program.call('POST', path, { entities: batch });
    if (status !== 200) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  }
}

/** Resolves with the writes a second that it came to. */
async function writeSteadily(program: Program, ends: AbortSignal): Promise<number> {
  const begun = performance.now();
  let written = 0;
  while (!ends.aborted) {
    const first = groups + (written % (services - groups - perCall));
    const batch = Array.from({ length: perCall }, (_, at) => serviceOf(first + at, `note ${written}`, 1));
    await write(program, 'service', batch);
    written += perCall;
    await sleep(Math.max(0, begun + (written * 1000) / writesPerSecond - performance.now()));
  }
  return (written * 1000) / (performance.now() - begun);
}

async function mirrorLag(program: Program, probe: number): Promise<number> {
  const motto = `motto ${probe}`;
  const at = probe % groups;
  await program.call('PATCH', `/v1/blueprints/group/entities/group-${at}`, { properties: { motto } });
  return lag(program, `/v1/blueprints/service/entities/service-${at}`, ({ motto: shown }) => shown === motto);
}

async function aggregationLag(program: Program, probe: number): Promise<number> {
  const at = probe % groups;
  const tier = 1_000_000 + probe;
  await program.call('PATCH', `/v1/blueprints/service/entities/service-${at}`, { properties: { tier } });
  return lag(program, `/v1/blueprints/group/entities/group-${at}`, ({ tiers }) => Number(tiers) >= tier);
}

/** From the answer to the change until a reader sees what follows from it. */
async function lag(
  program: Program,
  path: string,
  isThere: (properties: Readonly<Record<string, unknown>>) => boolean,
): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { body } = await program.call('GET', path);
    const { entity } = body as { readonly entity: { readonly properties: Readonly<Record<string, unknown>> } };
    if (isThere(entity.properties)) return performance.now() - begun;
    if (performance.now() - begun > patienceMs) throw new Error(`${path} did not follow in ${patienceMs} ms.`);
    await sleep(5);
  }
}
