import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireInstanceLock } from './instance-lock.ts';
import { currentProcess, processStart } from './process-identity.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quayside-lock-'));
  file = join(folder, 'quayside.lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const acquire = () => acquireInstanceLock({ file, directory: '/data', patienceMs: 100 });

async function holderAfterAcquire(): Promise<unknown> {
  const lock = await acquire();
  const holder: unknown = JSON.parse(await readFile(file, 'utf8'));
  await lock.release();
  return holder;
}

describe('an instance lock', () => {
  it('refuses a second holder and names directory and process', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toMatchObject({
      code: 'data_directory_in_use',
      message: expect.stringMatching(new RegExp(`/data .*process ${process.pid}`)) as string,
      details: { directory: '/data', pid: process.pid },
    });
    await lock.release();
    await (await acquire()).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets exactly one of many at once have it', async () => {
    await writeFile(file, 'left by a crash');
    const results = await Promise.allSettled(Array.from({ length: 8 }, acquire));
    const locks = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    expect(locks).toHaveLength(1);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
    await locks[0]?.release();
  });

  it('takes over from a process that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid ?? 0;
    const started = await processStart(pid);
    await once(child, 'exit');
    await writeFile(file, JSON.stringify({ ...(await currentProcess()), pid, started }));
    expect(await holderAfterAcquire()).toEqual(await currentProcess());
  });

  it('takes over when the number now belongs to another process', async () => {
    await writeFile(file, JSON.stringify({ ...(await currentProcess()), started: 'earlier' }));
    expect(await holderAfterAcquire()).toEqual(await currentProcess());
  });

  it('takes over from a container that has ended, although its number is in use here', async () => {
    await writeFile(file, JSON.stringify({ ...(await currentProcess()), space: 'another container' }));
    expect(await holderAfterAcquire()).toEqual(await currentProcess());
  });

  it('refuses while a holder in another container touches the lock', async () => {
    await writeFile(file, JSON.stringify({ ...(await currentProcess()), space: 'another container' }));
    let second = 1_000;
    const beat = setInterval(() => void utimes(file, (second += 1), second), 10);
    try {
      await expect(acquire()).rejects.toMatchObject({ code: 'data_directory_in_use' });
    } finally {
      clearInterval(beat);
    }
  });

  it('leaves the lock alone when somebody else holds it by now', async () => {
    const lock = await acquire();
    await writeFile(file, 'of somebody else');
    await lock.release();
    expect(await readFile(file, 'utf8')).toBe('of somebody else');
  });
});
