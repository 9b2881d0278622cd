import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

import { end, runUnder } from './prelude.js';
import { findServerBundle } from './server-bundle.js';
import { arePagesFresh } from './web-pages.js';

/**
 * Before a server starts: builds the pages and the bundle where sources changed, both at a time, each in a process
 * of its own. Other commands take the bundle that is there.
 * @param {string} root
 * @param {string | undefined} command
 * @returns {Promise<string | undefined>} the bundle to run; without one the program runs from its sources
 */
export async function buildWhatIsStale(root, command = 'start') {
  const bundle = findServerBundle(root);
  const servesPages = command === 'start' || command === 'serve';
  if (!servesPages && command !== 'work') return bundle;
  const needsPages = servesPages && !arePagesFresh(root);
  const needsBundle = bundle === undefined && isWritable(root);
  const [pages, made] = await Promise.all([
    needsPages ? run(root, 'tools/build-web.ts', '--keep-old') : success,
    needsBundle ? run(root, 'tools/build-server.ts') : success,
  ]);
  if (pages.code !== 0) end(pages);
  // Stopped by whoever wanted to stop us.
  if (made.signal !== null) end(made);
  return bundle ?? findServerBundle(root);
}

const success = { code: 0, signal: null };

/**
 * @param {string} root
 * @param {string} tool
 * @param {string[]} args
 */
async function run(root, tool, ...args) {
  return runUnder(process.execPath, [join(root, tool), ...args]);
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
