#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

import { buildWhatIsStale } from './build-what-is-stale.js';
import { launch, root } from './prelude.js';
import { runMain } from './run-main.js';

const args = process.argv.slice(2);

await launch(fileURLToPath(import.meta.url), async () => {
  await runMain(root, args, await buildWhatIsStale(root, args[0]));
});
