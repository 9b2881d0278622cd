#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

import { launch } from './prelude.js';

const args = process.argv.slice(2);
const servesPages = args[0] === 'start' || args[0] === 'serve';

await launch(
  fileURLToPath(import.meta.url),
  'src/main.ts',
  args,
  servesPages ? { before: ['tools/build-web.ts', '--keep-old'] } : {},
);
