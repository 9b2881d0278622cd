import { rm } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type Figure, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';
import { scratchFolder } from './scratch-folder.ts';

const streams = 1_000;
const runs = 20;
const lines = 20;
const patienceMs = 60_000;

/** Many people follow runs: what that costs in memory, and how long a line takes to each of them. */
export async function measureStreams(): Promise<readonly Figure[]> {
  const folder = await scratchFolder();
  const program = await startProgram({ QUAYSIDE_DATA_DIR: folder });
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  try {
    const ids = await beginRuns(program);
    const seen = new Map<string, number[]>();
    const open = await Promise.all(
      Array.from({ length: streams }, async (_, at) => follow(program, agent, ids[at % runs] ?? '', seen)),
    );
    const taken: number[] = [];
    for (let line = 0; line < lines; line += 1) {
      const message = `line ${line}`;
      const begun = performance.now();
      await program.call('POST', `/v1/actions/runs/${ids[line % runs]}/logs`, { message });
      taken.push(...(await arrivals(seen, message)).map((at) => at - begun));
    }
    const memory = program.memory();
    for (const stream of open) stream.destroy();
    const note = `${streams} streams of ${runs} runs`;
    return [
      { name: 'memory with open log streams', value: memory, unit: 'MiB', promise: { atMost: 300 }, note },
      { name: 'log line → follower, p99', value: percentile(taken, 99), unit: 'ms', promise: { atMost: 300 }, note },
    ];
  } finally {
    agent.destroy();
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function beginRuns(program: Program): Promise<readonly string[]> {
  await program.call('POST', '/v1/actions', {
    identifier: 'followed',
    trigger: { type: 'self-service', operation: 'CREATE' },
    invocationMethod: { type: 'KAFKA' },
  });
  const ids: string[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { body } = await program.call('POST', '/v1/actions/followed/runs', { properties: {} });
    ids.push((body['run'] as { id: string }).id);
  }
  return ids;
}

/** Resolves when the stream has begun. */
async function follow(
  program: Program,
  agent: Agent,
  run: string,
  seen: Map<string, number[]>,
): Promise<IncomingMessage> {
  const url = `${program.url}/api/v1/runs/${run}/stream`;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${program.token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`A stream answered ${response.statusCode}`));
      response.on('error', () => undefined);
      response.on('data', (chunk: Buffer) => {
        const now = performance.now();
        for (const [, message = ''] of chunk.toString().matchAll(/"message":"(line \d+)"/g)) {
          seen.set(message, [...(seen.get(message) ?? []), now]);
        }
        resolve(response);
      });
    });
    request.on('error', reject);
  });
}

async function arrivals(seen: ReadonlyMap<string, readonly number[]>, message: string): Promise<readonly number[]> {
  const wanted = streams / runs;
  for (const begun = performance.now(); performance.now() - begun < patienceMs;) {
    const times = seen.get(message) ?? [];
    if (times.length >= wanted) return times;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`"${message}" did not come to everybody`);
}
