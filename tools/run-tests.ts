/**
 * `npm test`: every test, ending with the one line "N passed, N failed". Arguments go to vitest, for example
 * `npm test -- src/catalog`. Browser tests run last and are counted as skipped where there is no Chromium.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildServer } from './build-server.ts';
import { buildWeb } from './build-web.ts';
import { ensureChromium } from './install-chromium.ts';
import { addCounts, type Counts, readCounts, totalLine } from './test-counts.ts';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'quayside-tests-'));
const filters = process.argv.slice(2);

// Tests that start the program in a process of its own do so hundreds of times.
await buildServer();
const runs = [await runVitest('main', ['--project=!browser'])];
if (globSync('{src,web/src,tools,bench,examples}/**/*.browser.test.ts', { cwd: root }).length > 0) {
  runs.push(await runBrowserTests());
}
rmSync(scratch, { recursive: true, force: true });

const total = runs.reduce(addCounts);
const ranNothing = total.passed + total.failed + total.skipped === 0;
if (ranNothing) console.log('No test was found.');
process.exitCode = total.failed > 0 || ranNothing ? 1 : 0;
console.log(totalLine(total));

async function runBrowserTests(): Promise<Counts> {
  const chromium = ensureChromium();
  if (!chromium.found) {
    console.log(`Browser tests are skipped: ${chromium.reason}`);
    // A name that nothing has: the files are collected and counted, no hook and no test of them runs.
    return runVitest('browser', ['--project=browser', '--testNamePattern=(?!)']);
  }
  if (!(await buildWeb())) return { passed: 0, failed: 1, skipped: 0 };
  return runVitest('browser', ['--project=browser']);
}

async function runVitest(name: string, options: readonly string[]): Promise<Counts> {
  const report = join(scratch, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run([
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--passWithNoTests',
    ...options,
    ...reporters,
    ...filters,
  ]);
  return readCounts(readReport(report), code);
}

function readReport(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Runs Node to its end; a signal to us ends it, too. */
function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    const stop = (): void => {
      child.kill('SIGTERM');
      process.exitCode = 130;
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
      resolve(code ?? 1);
    });
  });
}
