/** Writes docs/reference anew: the test that compares it is asked to write first. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', 'src/app/reference.pg.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, QUAYSIDE_TEST_WRITE_REFERENCE: 'yes' },
});
process.exitCode = status ?? 1;
