/**
 * Builds the web UI when its sources changed since the last build, as `bin/web-pages.js` tells. Run before the server
 * starts (bin/quayside.js) and before browser tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { arePagesFresh, hashSources, pagesStamp } from '../bin/web-pages.js';

const repository = join(import.meta.dirname, '..');

interface BuildOptions {
  readonly root?: string;
  /** A failed rebuild leaves the previous pages in use and counts as success. */
  readonly keepOld?: boolean;
}

/** @returns false when the pages could not be built. */
export async function buildWeb({ root = repository, keepOld = false }: BuildOptions = {}): Promise<boolean> {
  if (arePagesFresh(root)) return true;
  // Of what is about to be read: a change in the meantime makes the pages stale.
  const hash = hashSources(root);
  console.error('Building the web pages, this takes a moment …');
  const { code, output } = await runVite(root);
  if (code === 0) {
    writeFileSync(join(root, pagesStamp), hash);
    return true;
  }
  console.error(output);
  if (!keepOld || !existsSync(join(root, 'web/dist/index.html'))) return false;
  console.error('The web pages could not be built; the previous ones are used.');
  return true;
}

function runVite(root: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const child = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stdout.on('data', (chunk) => output.push(String(chunk)));
    child.stderr.on('data', (chunk) => output.push(String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: output.join('') }));
  });
}

if (process.argv[1] === import.meta.filename)
  process.exitCode = (await buildWeb({ keepOld: process.argv.includes('--keep-old') })) ? 0 : 1;
