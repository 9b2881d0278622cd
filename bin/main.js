#!/usr/bin/env node
/** The program alone, under a Node that can run it: nothing is installed or built before. For containers and tests. */
import { root } from './prelude.js';
import { runMain } from './run-main.js';

await runMain(root, process.argv.slice(2));
