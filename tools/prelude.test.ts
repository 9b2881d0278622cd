import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isInstalled, nodePackages, npmSkipsNativeParts, root } from '../bin/prelude.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prelude-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('isInstalled', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };

  function lock(locked: object, present?: object): boolean {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...locked } }));
    if (present !== undefined) {
      mkdirSync(join(folder, 'node_modules'));
      writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: present }));
    }
    return isInstalled(folder);
  }

  it('is false without node_modules', () => {
    expect(lock({ 'node_modules/a': entry })).toBe(false);
  });

  it('is true when every locked package is present', () => {
    expect(lock({ 'node_modules/a': entry }, { 'node_modules/a': entry })).toBe(true);
  });

  it('is false when a package is missing or of another version', () => {
    expect(lock({ 'node_modules/a': entry }, {})).toBe(false);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(lock({ 'node_modules/a': entry }, { 'node_modules/a': { ...entry, version: '0.9.0' } })).toBe(false);
  });

  it('does not miss optional packages of other platforms', () => {
    expect(lock({ 'node_modules/a': { ...entry, optional: true } }, {})).toBe(true);
  });
});

describe('nodePackages', () => {
  it('names only packages that package.json pins', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { optionalDependencies: object };
    const pinned = Object.keys(manifest.optionalDependencies);
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'x64'],
      ['darwin', 'arm64'],
    ]) {
      expect(nodePackages(platform ?? '', arch ?? '').filter((name) => pinned.includes(name))).toHaveLength(1);
    }
  });
});

describe('npmSkipsNativeParts', () => {
  it.each([
    ['18.20.8', true],
    ['20.11.0', true],
    ['20.19.0', false],
    ['22.12.0', true],
    ['22.18.0', false],
    ['24.0.0', false],
  ])('under Node %s: %s', (version, skips) => {
    expect(npmSkipsNativeParts(version)).toBe(skips);
  });
});

describe('runUnder', () => {
  /** A parent that runs `program` through runUnder and reports how it ended. */
  function startParent(program: string): ChildProcess {
    writeFileSync(join(folder, 'program.mjs'), program);
    const parent = `
      import { runUnder } from ${JSON.stringify(pathToFileURL(join(root, 'bin/prelude.js')).href)};
      const ended = await runUnder(process.execPath, [${JSON.stringify(join(folder, 'program.mjs'))}]);
      console.log(JSON.stringify(ended));
    `;
    writeFileSync(join(folder, 'parent.mjs'), parent);
    return spawn(process.execPath, [join(folder, 'parent.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  it('passes the exit code on', async () => {
    expect(await run(startParent('process.exit(7);'), () => undefined)).toBe('{"code":7,"signal":null}\n');
  });

  it('passes one signal on once, however often it arrives', async () => {
    const parent = startParent(`
      let count = 0;
      process.on('SIGTERM', () => {
        count += 1;
        console.log('got it');
        setTimeout(() => process.exit(count), 200);
      });
      console.log('ready');
      setInterval(() => {}, 1000);
    `);
    const output = await run(parent, () => parent.kill('SIGTERM'));
    expect(output).toBe('ready\ngot it\n{"code":1,"signal":null}\n');
  });

  it('lets the program notice that the parent was killed', async () => {
    const parent = startParent(`
      process.once('disconnect', () => {
        console.log('noticed');
        process.exit();
      });
      console.log('ready');
    `);
    // The program shares the parent's output, so this ends only when both are gone.
    expect(await run(parent, () => parent.kill('SIGKILL'))).toBe('ready\nnoticed\n');
  });
});

/** Everything printed until both have ended; `onLine` is called for each line. */
async function run(child: ChildProcess, onLine: () => void): Promise<string> {
  const output: string[] = [];
  child.stdout?.on('data', (chunk) => {
    output.push(String(chunk));
    onLine();
  });
  await once(child, 'close');
  return output.join('');
}
