import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '#platform/problem.ts';

/** Keys of the installation, all derived from its master key, each for one purpose. */
export interface InstallationKeys {
  readonly secrets: Uint8Array;
  readonly tokens: Uint8Array;
  readonly csrf: Uint8Array;
}

const keyFile = 'secret-key';
const keyBytes = 32;
const shortestGivenKey = 32;

/** The given master key, or one generated once into the data folder with mode 0600. */
export async function loadInstallationKeys(given: string | null, dataDirectory: string): Promise<InstallationKeys> {
  if (given !== null && given.length < shortestGivenKey) {
    throw problem(
      'unavailable',
      'secret_key_too_short',
      `QUAYSIDE_SECRET_KEY must have at least ${shortestGivenKey} characters.`,
    );
  }
  const text = given ?? (await generatedKey(dataDirectory));
  const master = createHash('sha256').update(text).digest();
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', master, 'quayside', purpose, keyBytes));
  return { secrets: derive('secrets'), tokens: derive('tokens'), csrf: derive('csrf') };
}

async function generatedKey(dataDirectory: string): Promise<string> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, keyFile);
  try {
    await writeFile(file, randomBytes(keyBytes).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // It exists: generated at an earlier start, or by a process that started at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
