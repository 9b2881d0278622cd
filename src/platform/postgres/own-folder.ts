import { chmod, lstat, mkdir } from 'node:fs/promises';
import { effectiveUser } from './server-account.ts';

/**
 * Makes the folder, or accepts one that is already there, provided that nobody else could have laid it out for us:
 * a real folder, ours, writable by us alone. In a shared place such as /tmp anybody may take a name first.
 */
export async function ensureOwnFolder(path: string, mode: number): Promise<void> {
  const made = await mkdir(path, { mode }).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    },
  );
  if (made) return chmod(path, mode);
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== effectiveUser() || (found.mode & 0o022) !== 0) {
    throw new Error(`${path} exists, but is not a folder that only this user may write to`);
  }
}
