/**
 * Fails when `npm ci` would refuse package-lock.json. npm leaves a platform's package out of the lockfile when that
 * very version is not published (yet), and then `npm ci` refuses on every machine, fresh clones first.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Versions = Readonly<Record<string, string>>;

export interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly dependencies?: Versions; readonly optionalDependencies?: Versions; readonly integrity?: string }
    >
  >;
}

/** Dependencies that the lockfile names but does not hold, and packages without a checksum, as lines to print. */
export function findGaps({ packages }: Lockfile): readonly string[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    const wanted = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    const missing = wanted.filter((name) => !foldersAbove(path).some((folder) => packages[`${folder}${name}`]));
    return [
      ...missing.map((name) => `${path === '' ? 'package.json' : path} wants ${name}, which is not in the lockfile`),
      ...(path !== '' && entry.integrity === undefined ? [`${path} has no checksum`] : []),
    ];
  });
}

/** Where Node looks for a package that the one at `path` asks for: its own node_modules, then those around it. */
function foldersAbove(path: string): readonly string[] {
  const folders = ['node_modules/'];
  for (const name of `/${path}`.split('/node_modules/').slice(1))
    folders.push(`${folders.at(-1)}${name}/node_modules/`);
  return folders;
}

function run(): void {
  const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lockfile;
  const gaps = findGaps(lockfile);
  for (const gap of gaps) console.error(gap);
  if (gaps.length > 0) console.error('Pin versions whose packages are all published, and run npm install.');
  console.log(`Saw ${Object.keys(lockfile.packages).length} packages.`);
  process.exitCode = gaps.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) run();
