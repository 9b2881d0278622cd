import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { findServerBundle } from './server-bundle.js';
import { nameSourcesInStacks } from './source-stacks.js';

/**
 * Runs the program in this process: from its bundle when there is one of these very sources, else from the sources.
 * @param {string} root
 * @param {string[]} args
 */
export async function runMain(root, args, bundle = findServerBundle(root)) {
  const source = join(root, 'src', 'main.ts');
  if (bundle === undefined) return importProgram(root, source, args);
  nameSourcesInStacks(bundle);
  nodeModule.enableCompileCache?.(join(dirname(bundle), 'compiled'));
  process.argv = [process.execPath, source, ...args];
  await import(pathToFileURL(bundle).href);
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string[]} args
 */
export async function importProgram(root, file, args) {
  // Types are stripped and code compiled once, not at every start: a quarter of its time.
  nodeModule.enableCompileCache?.(join(root, 'node_modules', '.cache', 'quayside-compiled'));
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}
