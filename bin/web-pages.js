/** Tells whether the built pages are those of the sources that lie here; `tools/build-web.ts` builds them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Holds a hash of what went into the pages beside it. */
export const pagesStamp = 'web/dist/.sources';
const others = ['package-lock.json', 'tsconfig.json'];

/** @param {string} root */
export function arePagesFresh(root) {
  if (!existsSync(join(root, 'web/vite.config.ts'))) return true;
  const stamp = join(root, pagesStamp);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashSources(root);
}

/**
 * One hash over names and contents of everything that goes into the pages.
 * @param {string} root
 */
export function hashSources(root) {
  const ours = filesBelow(root, 'web', (name) => name === 'dist' || name === 'node_modules');
  const pages = ours.filter((path) => !/\.test\.tsx?$/.test(path));
  const contracts = filesBelow(root, 'src').filter((path) => /[/-]contract\.ts$/.test(path));
  const hash = createHash('sha256');
  for (const path of [...pages, ...contracts, ...others].toSorted()) {
    const file = join(root, path);
    if (!existsSync(file)) continue;
    const content = readFileSync(file);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} folder relative to the root
 * @param {(name: string) => boolean} leavesOut folders directly in it
 * @returns {string[]} relative to the root
 */
function filesBelow(root, folder, leavesOut = () => false) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return leavesOut(entry.name) ? [] : filesBelow(root, path);
    return [path];
  });
}
