/**
 * `npm run check`: every check, fastest first. Arguments choose steps by name, `--except <name>` leaves one out, and
 * `--fix` repairs what the formatter and the linter can.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Step {
  readonly name: string;
  /** Each a Node program with its arguments; all must succeed. */
  readonly commands: readonly (readonly string[])[];
  readonly fix?: readonly (readonly string[])[];
}

const root = join(import.meta.dirname, '..');
const present = (paths: readonly string[]): readonly string[] => paths.filter((path) => existsSync(join(root, path)));

// Named one by one: left to itself the linter walks node_modules.
const linted = present(['bin', 'src', 'tools', 'bench', 'examples', 'web', 'oxlint.config.ts', 'vitest.config.ts']);
const formatted = [...linted, ...present(['oxfmt.config.ts', 'knip.config.ts', 'package.json', 'tsconfig.json'])];
const compared = present(['bin', 'src', 'tools', 'bench', 'web/src']);

const oxfmt = 'node_modules/oxfmt/bin/oxfmt';
const oxlint = 'node_modules/oxlint/bin/oxlint';
const tsc = 'node_modules/typescript/bin/tsc';

function typesOf(project: string, name: string): readonly string[] {
  return [tsc, '-p', project, '--incremental', '--tsBuildInfoFile', `node_modules/.cache/types-${name}.json`];
}

const steps: readonly Step[] = [
  { name: 'format', commands: [[oxfmt, '--check', ...formatted]], fix: [[oxfmt, ...formatted]] },
  { name: 'lint', commands: [[oxlint, ...linted]], fix: [[oxlint, '--fix', ...linted]] },
  {
    name: 'types',
    // What was found right is remembered, so that the next look takes a tenth of the time.
    commands: [typesOf('.', 'server'), ...present(['web/tsconfig.json']).map((project) => typesOf(project, 'web'))],
  },
  { name: 'boundaries', commands: [['tools/check-boundaries.ts']] },
  { name: 'lockfile', commands: [['tools/check-lockfile.ts']] },
  { name: 'docs', commands: [['tools/check-docs.ts']] },
  {
    name: 'dead-code',
    // Seen from nowhere, everything looks dead.
    commands: present(['src/main.ts']).map(() => ['node_modules/knip/bin/knip.js', '--no-progress']),
  },
  {
    name: 'duplication',
    commands: [
      [
        'node_modules/jscpd/run-jscpd.js',
        '--config',
        'tools/jscpd.json',
        '--no-colors',
        '--fail-on-empty',
        ...compared,
      ],
    ],
  },
  { name: 'web', commands: [['tools/build-web.ts']] },
  { name: 'tests', commands: [['tools/run-tests.ts']] },
];

const { values, positionals } = parseArgs({
  options: { fix: { type: 'boolean', default: false }, except: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
const unknown = [...positionals, ...values.except].filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.`);
  process.exit(2);
}
const chosen = steps
  .filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  .filter(({ name }) => !values.except.includes(name));

const failed: string[] = [];
for (const step of chosen) {
  // The cheap checks all report; the tests are worth their minutes only on code that passes them.
  if (step.name === 'tests' && failed.length > 0) break;
  if (!runStep(step)) failed.push(step.name);
}
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;

function runStep(step: Step): boolean {
  const started = performance.now();
  const live = step.name === 'tests';
  for (const command of values.fix ? (step.fix ?? step.commands) : step.commands) {
    const result = spawnSync(process.execPath, command, {
      cwd: root,
      env: live ? process.env : { ...process.env, NO_COLOR: '1' },
      stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (result.status === 0) continue;
    if (!live) console.error(`${step.name} failed:\n${result.stdout}${result.stderr}`);
    return false;
  }
  if (!live) console.log(`${step.name} ok (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return true;
}
