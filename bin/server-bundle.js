/**
 * The server bundle: the program in a few files instead of two thousand, which is most of the time a start takes.
 * `tools/build-server.ts` makes it; this finds it. A bundle counts only when it was made from the very sources that
 * lie here and is whole, so whatever is wrong with it costs time and nothing else.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where bundles are kept, relative to the repository. */
export const bundlesFolder = 'dist';
/** Names the newest bundle. It is written last, and at one stroke. */
export const bundlePointer = 'server.json';

/**
 * `sources`: hashes of everything that decided about the bundle, by path in the repository; of installed packages the
 * lockfile tells. `files`: sizes by name in the folder.
 * @typedef {{ folder: string, sources: Record<string, string>, files: Record<string, number> }} ServerBundle
 */

/**
 * The file to run, when there is a whole bundle of these sources.
 * @param {string} root
 * @returns {string | undefined}
 */
export function findServerBundle(root) {
  try {
    const bundles = join(root, bundlesFolder);
    const bundle = /** @type {ServerBundle} */ (JSON.parse(readFileSync(join(bundles, bundlePointer), 'utf8')));
    const folder = join(bundles, bundle.folder);
    const isWhole = Object.entries(bundle.files).every(([name, size]) => statSync(join(folder, name)).size === size);
    const isCurrent = Object.entries(bundle.sources).every(([path, hash]) => hashFile(join(root, path)) === hash);
    return isWhole && isCurrent && 'main.js' in bundle.files ? join(folder, 'main.js') : undefined;
  } catch {
    // None yet, one that was broken off, or a source that is gone.
    return undefined;
  }
}

/** @param {string} file */
export function hashFile(file) {
  return hashContent(readFileSync(file));
}

/** @param {string | Buffer} content */
export function hashContent(content) {
  return createHash('sha256').update(content).digest('base64url');
}
