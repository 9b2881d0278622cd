import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Figure, median } from './figures.ts';
import { startProgram } from './program.ts';
import { scratchFolder } from './scratch-folder.ts';

const repetitions = 3;
const restMs = 15_000;

/** Cold starts on an empty and on an existing data directory, and memory once nothing happens any more. */
export async function measureStart(): Promise<readonly Figure[]> {
  const empty: number[] = [];
  const existing: number[] = [];
  const memory: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const folder = await scratchFolder();
    const first = await startProgram({ QUAYSIDE_DATA_DIR: folder });
    empty.push(first.startMs);
    await first.stop();
    const second = await startProgram({ QUAYSIDE_DATA_DIR: folder });
    existing.push(second.startMs);
    if (repetition === 0) {
      await wait(restMs);
      memory.push(second.memory());
    }
    await second.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const note = `median of ${repetitions}, process start to ready, embedded database, no sample`;
  return [
    { name: 'cold start, existing data', value: median(existing), unit: 'ms', promise: { atMost: 1500 }, note },
    { name: 'cold start, empty directory', value: median(empty), unit: 'ms', promise: { atMost: 4000 }, note },
    {
      name: 'memory at rest, Node process',
      value: median(memory),
      unit: 'MiB',
      promise: { atMost: 200 },
      note: `resident, ${restMs / 1000} s after ready, no sample`,
    },
  ];
}
