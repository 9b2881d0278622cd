import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findServerBundle } from '../bin/server-bundle.js';
import { buildServer } from './build-server.ts';

const repository = join(import.meta.dirname, '..');
let folder: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** Runs the program of the folder as it would be started there. */
function runProgram(): { readonly said: string; readonly complaint: string } {
  const runMain = pathToFileURL(join(repository, 'bin/run-main.js')).href;
  const script = `import { runMain } from '${runMain}'; await runMain(${JSON.stringify(folder)}, ['one']);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return { said: ended.stdout.trim(), complaint: ended.stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-server-'));
  write('package.json', '{ "type": "module", "imports": { "#*": "./src/*" } }');
  write('package-lock.json', '{}');
  write('tools/build-server.ts', '');
  write('src/main.ts', `import { greet } from '#greet.ts';\nconsole.log(greet(process.argv[2] ?? ''));`);
  write(
    'src/greet.ts',
    `import { readFileSync } from 'node:fs';
interface Words {
  readonly words: string;
}
const place: Words = { words: readFileSync(new URL('beside.txt', import.meta.url), 'utf8') };
export function greet(name: string): string {
  if (name === '') throw new Error('Nobody is there');
  return \`\${place.words} \${name} … 你好\`;
}`,
  );
  write('src/beside.txt', 'Hello');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a bundle', () => {
  it('does what the sources do, and finds what lies beside them', async () => {
    const fromSources = runProgram();
    expect(fromSources.said).toBe('Hello one … 你好');
    expect(await buildServer(folder)).toBe(true);
    expect(findServerBundle(folder)).toContain(join(folder, 'dist/server-'));
    expect(runProgram().said).toBe(fromSources.said);
  });

  it('is made once', async () => {
    await buildServer(folder);
    const made = findServerBundle(folder);
    await buildServer(folder);
    expect(findServerBundle(folder)).toBe(made);
  });

  it('names the sources in stacks', async () => {
    write('src/main.ts', `import { greet } from '#greet.ts';\n\nconsole.log(greet(''));`);
    await buildServer(folder);
    const { complaint } = runProgram();
    expect(complaint).toContain('Error: Nobody is there');
    expect(complaint).toContain(`at greet (${join(folder, 'src/greet.ts')}:7:`);
    expect(complaint).toContain(`at ${join(folder, 'src/main.ts')}:3:`);
  });
});

describe('a bundle does not count', () => {
  it.each(['src/greet.ts', 'src/main.ts', 'package.json', 'package-lock.json', 'tools/build-server.ts'])(
    'once %s has changed',
    async (path) => {
      await buildServer(folder);
      write(path, `${readFileSync(join(folder, path), 'utf8')}\n`);
      expect(findServerBundle(folder)).toBeUndefined();
      await buildServer(folder);
      expect(findServerBundle(folder)).toBeDefined();
    },
  );

  it('once a source is gone', async () => {
    await buildServer(folder);
    rmSync(join(folder, 'src/greet.ts'));
    expect(findServerBundle(folder)).toBeUndefined();
  });

  it('when it is not whole; what runs are the sources', async () => {
    await buildServer(folder);
    const bundle = findServerBundle(folder) ?? '';
    truncateSync(bundle, 10);
    expect(findServerBundle(folder)).toBeUndefined();
    expect(runProgram().said).toBe('Hello one … 你好');
    await buildServer(folder);
    expect(findServerBundle(folder)).not.toBe(bundle);
    write('dist/server.json', '{ "folder": "server-');
    expect(findServerBundle(folder)).toBeUndefined();
  });
});

it('a build that is killed leaves no bundle or a whole one', async () => {
  const build = pathToFileURL(join(repository, 'tools/build-server.ts')).href;
  const script = `
    import { watch } from 'node:fs';
    import { buildServer } from '${build}';
    watch(${JSON.stringify(folder)}, { recursive: true }, () => console.log('something'));
    await buildServer(${JSON.stringify(folder)});
    console.log('built');
    setInterval(() => undefined, 1_000);`;
  for (const changes of [1, 2, 4]) {
    write('src/beside.txt', `Hello ${changes}`);
    write('src/main.ts', `${readFileSync(join(folder, 'src/main.ts'), 'utf8')}\n`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve) => {
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.split('something').length > changes || told.includes('built')) resolve();
      });
    });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(runProgram().said).toBe(`Hello ${changes} one … 你好`);
  }
  await buildServer(folder);
  expect(findServerBundle(folder)).toBeDefined();
});

it('several builds at once do not meet', async () => {
  const all = await Promise.all([buildServer(folder), buildServer(folder), buildServer(folder)]);
  expect(all).toEqual([true, true, true]);
  expect(runProgram().said).toBe('Hello one … 你好');
  expect(findServerBundle(folder)).toBeDefined();
});

it('of old bundles the newest three and those of the last hour are kept', async () => {
  const hours = { 'server-now': 0, 'server-2': 2, 'server-3': 3, 'server-4': 4 };
  for (const [name, ago] of Object.entries(hours)) {
    const made = new Date(Date.now() - ago * 3_600_000);
    mkdirSync(join(folder, 'dist', name), { recursive: true });
    utimesSync(join(folder, 'dist', name), made, made);
  }
  await buildServer(folder);
  const kept = readdirSync(join(folder, 'dist'));
  expect(kept.filter((name) => name in hours)).toEqual(['server-2', 'server-now']);
  expect(findServerBundle(folder)).toBeDefined();
});

it('where nothing can be written, the sources run', async () => {
  write('dist', 'a file in the way');
  expect(await buildServer(folder)).toBe(false);
  expect(existsSync(join(folder, 'dist/server.json'))).toBe(false);
  expect(runProgram().said).toBe('Hello one … 你好');
});
