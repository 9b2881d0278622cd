import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '#platform/problem.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  readonly sql: string;
  /** Of the text with Unix line ends, so that a checkout on Windows counts as the same. */
  readonly checksum: string;
}

/** The migrations of a folder in order; none when the folder is missing. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory).catch(noneWhenMissing)).filter((file) => file.endsWith('.sql')).toSorted();
  const migrations = await Promise.all(files.map((file) => readMigration(directory, file)));
  const numbers = new Map<number, string>();
  for (const { number, file } of migrations) {
    const other = numbers.get(number);
    if (other !== undefined) throw misnamed(file, `has the same number as ${other}`);
    numbers.set(number, file);
  }
  return migrations;
}

async function readMigration(directory: string, file: string): Promise<Migration> {
  const parts = /^(\d{4})_([a-z0-9_-]+)\.sql$/.exec(file);
  const [, number, name] = parts ?? [];
  if (number === undefined || name === undefined) throw misnamed(file, 'is not named like 0001_name.sql');
  const sql = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
  return { number: Number(number), name, file, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

function misnamed(file: string, reason: string): Error {
  return problem('unavailable', 'migration_misnamed', `The migration ${file} ${reason}.`, { file });
}

function noneWhenMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
