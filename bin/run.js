#!/usr/bin/env node
/** Runs one of the repository's own TypeScript programs: `node bin/run.js tools/check.ts lint`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, root } from './prelude.js';
import { importProgram } from './run-main.js';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error('Name the program to run, for example: node bin/run.js tools/check.ts');
  process.exit(2);
}
await launch(fileURLToPath(import.meta.url), async () => importProgram(root, join(root, program), args));
