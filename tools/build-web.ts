/**
 * Builds the web UI when its sources changed since the last build: `web/dist/.sources` holds a hash of what went in.
 * Run before the server starts (bin/quayside.js) and before browser tests; a no-op takes some milliseconds.
 */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');
const sources = ['web/**/*', 'src/**/contract.ts', 'src/**/*-contract.ts', 'package-lock.json', 'tsconfig.json'];
const ignored = ['web/dist', 'web/node_modules', 'web/dist/**', 'web/**/*.test.ts', 'web/**/*.test.tsx'];

interface BuildOptions {
  readonly root?: string;
  /** A failed rebuild leaves the previous pages in use and counts as success. */
  readonly keepOld?: boolean;
}

/** @returns false when the pages could not be built. */
export async function buildWeb({ root = repository, keepOld = false }: BuildOptions = {}): Promise<boolean> {
  if (!existsSync(join(root, 'web/vite.config.ts'))) return true;
  const stamp = join(root, 'web/dist/.sources');
  const hash = hashSources(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  console.error('Building the web pages, this takes a moment …');
  const { code, output } = await runVite(root);
  if (code === 0) {
    writeFileSync(stamp, hash);
    return true;
  }
  console.error(output);
  if (!keepOld || !existsSync(join(root, 'web/dist/index.html'))) return false;
  console.error('The web pages could not be built; the previous ones are used.');
  return true;
}

/** One hash over names and contents of everything that goes into the pages. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const path of globSync(sources, { cwd: root, exclude: ignored }).toSorted()) {
    const content = readIfFile(join(root, path));
    if (content !== undefined) hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function readIfFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return undefined;
    throw error;
  }
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
