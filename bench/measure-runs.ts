import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { startBenchDatabase } from './bench-database.ts';
import { type Figure, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';
import { openRunFloor } from './run-floor.ts';
import { type RunReceiver, startRunReceiver } from './run-receiver.ts';
import { scratchFolder } from './scratch-folder.ts';

const perSecond = 150;
const seconds = 15;
const warmSeconds = 3;
const idleRuns = 60;
const floorRuns = 1_500;
const floorInFlight = 8;
const patienceMs = 120_000;
const action = 'deploy';

/** A run that was acknowledged. */
interface Begun {
  readonly id: string;
  /** When it was asked for. */
  readonly at: number;
}

/** From Execute to the backend, at rest and at a rate, with the program killed in the middle. */
export async function measureRuns(): Promise<readonly Figure[]> {
  const receiver = await startRunReceiver();
  const database = await startBenchDatabase();
  const keys = await scratchFolder();
  const environment = {
    DATABASE_URL: database.product,
    QUAYSIDE_DATA_DIR: keys,
    QUAYSIDE_EGRESS_ALLOW: receiver.authority,
  };
  let program = await startProgram(environment);
  try {
    await saveAction(program, receiver);
    const idle = await atRest(program, receiver);
    const floor = await floorPerSecond(database.floor);
    const steady = await atRate(program, receiver);
    const killed = await atRateKilled(program, receiver, async () => (program = await startProgram(environment)));
    return [...figuresOfRest(idle), ...figuresOfRate(steady, floor), ...figuresOfKill(killed)];
  } finally {
    await program.stop();
    await database.stop();
    await rm(keys, { recursive: true, force: true });
    receiver.close();
  }
}

async function saveAction(program: Program, receiver: RunReceiver): Promise<void> {
  const answer = await program.call('POST', '/v1/actions', {
    identifier: action,
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      userInputs: { properties: { region: { type: 'string', enum: ['eu', 'us'] } }, required: ['region'] },
    },
    invocationMethod: {
      type: 'WEBHOOK',
      url: `http://${receiver.authority}/`,
      headers: { RUN_ID: '{{ .run.id }}' },
      body: { region: '{{ .inputs.region }}', run: '{{ .run.id }}', note: 'x'.repeat(600) },
    },
  });
  if (answer.status !== 200) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** Null when nobody answered: the run may exist or not. */
async function execute(program: Program): Promise<Begun | null> {
  const at = performance.now();
  const answer = await program
    .call('POST', `/v1/actions/${action}/runs`, { properties: { region: 'eu' } })
    .catch(() => null);
  if (answer === null) return null;
  if (answer.status !== 202) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return { id: (answer.body['run'] as { id: string }).id, at };
}

async function atRest(program: Program, receiver: RunReceiver): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let count = 0; count < idleRuns; count += 1) {
    const begun = await execute(program);
    if (begun === null) throw new Error('The program does not answer');
    while (!receiver.calls.has(begun.id)) await wait(1);
    latencies.push(latencyOf(begun, receiver));
    await wait(20);
  }
  return latencies.slice(idleRuns / 4);
}

function latencyOf({ id, at }: Begun, { calls }: RunReceiver): number {
  return (calls.get(id)?.[0] ?? Number.NaN) - at;
}

/** Bare runs a second, as fast as they go. */
async function floorPerSecond(connectionString: string): Promise<number> {
  const receiver = await startRunReceiver();
  const floor = await openRunFloor(connectionString, receiver.authority);
  const begun = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < floorRuns) {
      const id = `r${(next += 1)}`;
      await floor.begin(id);
      await floor.dispatch(id);
    }
  };
  await Promise.all(Array.from({ length: floorInFlight }, worker));
  const rate = (floorRuns * 1000) / (performance.now() - begun);
  await floor.close();
  receiver.close();
  return rate;
}

interface Load {
  readonly begun: readonly Begun[];
  readonly startedAt: number;
  /** Until the last run was acknowledged. */
  readonly createdMs: number;
}

/** Asks at fixed times, whether earlier ones were answered or not. */
async function ask(running: () => Program): Promise<Load> {
  const startedAt = performance.now();
  const asked: Promise<Begun | null>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const early = startedAt + (index * 1000) / perSecond - performance.now();
    if (early > 0) await wait(early);
    asked.push(execute(running()));
  }
  const begun = (await Promise.all(asked)).filter((one) => one !== null);
  return { begun, startedAt, createdMs: performance.now() - startedAt };
}

async function arrive(begun: readonly Begun[], receiver: RunReceiver): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until && begun.some(({ id }) => !receiver.calls.has(id))) await wait(100);
}

interface Steady {
  readonly latencies: readonly number[];
  readonly created: number;
  readonly dispatched: number;
  readonly lost: number;
  /** Of the Node process, for each run. */
  readonly processorMs: number;
}

async function atRate(program: Program, receiver: RunReceiver): Promise<Steady> {
  const before = program.processorMs();
  const { begun, startedAt, createdMs } = await ask(() => program);
  await arrive(begun, receiver);
  const arrivals = begun.map(({ id }) => receiver.calls.get(id)?.[0]).filter((at) => at !== undefined);
  return {
    latencies: begun.filter(({ at }) => at > startedAt + warmSeconds * 1000).map((one) => latencyOf(one, receiver)),
    created: (begun.length * 1000) / createdMs,
    dispatched: (arrivals.length * 1000) / (Math.max(...arrivals) - startedAt),
    lost: perSecond * seconds - arrivals.length,
    processorMs: (program.processorMs() - before) / arrivals.length,
  };
}

interface Killed {
  readonly acknowledged: number;
  readonly unexplained: number;
  readonly unknown: number;
  readonly twice: number;
  readonly recoveryMs: number;
}

/** The same once more, and the process is killed in the middle of it. */
async function atRateKilled(first: Program, receiver: RunReceiver, restart: () => Promise<Program>): Promise<Killed> {
  let program = first;
  const before = new Set(receiver.calls.keys());
  let killedAt = 0;
  const crash = (async () => {
    await wait((seconds * 1000) / 2);
    killedAt = performance.now();
    await program.kill();
    program = await restart();
  })();
  const { begun } = await ask(() => program);
  await crash;
  let unexplained: readonly Begun[] = begun;
  let unknown = 0;
  const until = performance.now() + patienceMs;
  while (unexplained.length > 0 && performance.now() < until) {
    await wait(500);
    const missing = begun.filter(({ id }) => !receiver.calls.has(id));
    const labels = await Promise.all(missing.map(async ({ id }) => labelOf(program, id)));
    unknown = labels.filter((label) => label !== null).length;
    unexplained = missing.filter((_, index) => labels[index] === null);
  }
  const recoveryMs = performance.now() - killedAt;
  const ours = [...receiver.calls].filter(([id]) => !before.has(id));
  const twice = ours.filter(([, times]) => times.length > 1).length;
  return { acknowledged: begun.length, unexplained: unexplained.length, unknown, twice, recoveryMs };
}

async function labelOf(program: Program, id: string): Promise<string | null> {
  const { body } = await program.call('GET', `/v1/actions/runs/${id}?version=v2`);
  return (body['run'] as { statusLabel: string | null }).statusLabel;
}

function figuresOfRest(latencies: readonly number[]): readonly Figure[] {
  return [
    { name: 'Execute → backend, at rest, p50', value: percentile(latencies, 50), unit: 'ms', promise: { atMost: 100 } },
    { name: 'Execute → backend, at rest, p99', value: percentile(latencies, 99), unit: 'ms' },
  ];
}

function figuresOfRate(
  { latencies, created, dispatched, lost, processorMs }: Steady,
  floor: number,
): readonly Figure[] {
  const note = `asked for ${perSecond}/s for ${seconds} s`;
  // The last ones are on their way while the clock runs.
  const promise = { atLeast: perSecond * 0.97 };
  return [
    { name: 'runs created', value: created, unit: '/s', promise, note },
    { name: 'runs dispatched', value: dispatched, unit: '/s', promise, note },
    {
      name: 'runs, bare SQL and the call',
      value: floor,
      unit: '/s',
      note: `three commits each, ${floorInFlight} in flight`,
    },
    {
      name: 'runs dispatched, ratio to bare',
      value: dispatched / floor,
      unit: '×',
      note: 'at a fixed rate, not as fast as it goes',
    },
    { name: 'Execute → backend under load, p50', value: percentile(latencies, 50), unit: 'ms', note },
    { name: 'Execute → backend under load, p99', value: percentile(latencies, 99), unit: 'ms', note },
    { name: 'processor time of a run, Node process', value: processorMs, unit: 'ms' },
    { name: 'runs lost', value: lost, unit: '×', promise: { atMost: 0 } },
  ];
}

function figuresOfKill({ acknowledged, unexplained, unknown, twice, recoveryMs }: Killed): readonly Figure[] {
  const note = `${acknowledged} acknowledged, killed in the middle`;
  return [
    { name: 'runs lost or left hanging after kill -9', value: unexplained, unit: '×', promise: { atMost: 0 }, note },
    { name: 'runs called twice after kill -9', value: twice, unit: '×', promise: { atMost: 0 } },
    { name: 'runs labelled “Delivery unknown” after kill -9', value: unknown, unit: '×', note: 'what was on its way' },
    { name: 'kill -9 → every run called or explained', value: recoveryMs, unit: 'ms' },
  ];
}
