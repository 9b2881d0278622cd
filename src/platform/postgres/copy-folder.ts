import { constants } from 'node:fs';
import { chmod, copyFile, lchown, mkdir, open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

interface CopyOptions {
  /** Leave out a file or a whole folder, told by its path inside the source. */
  readonly leaveOut?: (path: string) => boolean;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly folderMode: number;
  /** Every user may read the files and run the programs, though the source be for its owner alone. */
  readonly forEverybody?: boolean;
  /** Return only when the files are on the disk, not merely in the system's cache. */
  readonly durable?: boolean;
}

/**
 * Copies a folder's files and folders (not its symlinks) into a new folder. All files at once: three times as fast
 * as one after the other, and a cluster or the server's program are a thousand small files each.
 *
 * @returns the paths of the copied files inside the folder.
 */
export async function copyFolder(source: string, target: string, options: CopyOptions): Promise<string[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const wanted = entries
    .map((entry) => ({ entry, path: relative(source, join(entry.parentPath, entry.name)) }))
    .filter(({ path }) => options.leaveOut?.(path) !== true);
  await mkdir(target, { mode: 0o700 });
  const folders = wanted.filter(({ entry }) => entry.isDirectory()).map(({ path }) => join(target, path));
  // Shorter paths first: a folder before what lies in it.
  for (const folder of folders.toSorted((a, b) => a.length - b.length)) await mkdir(folder, { mode: 0o700 });
  const files = wanted.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
  await Promise.all(files.map((path) => copyOne(join(source, path), join(target, path), options)));
  // The top last, so that a new owner never sees it half done.
  for (const folder of [...folders, target]) await finishFolder(folder, options);
  return files;
}

async function copyOne(from: string, to: string, options: CopyOptions): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (options.forEverybody === true) await chmod(to, ((await stat(to)).mode & 0o100) === 0 ? 0o644 : 0o755);
  if (options.owner !== undefined) await lchown(to, options.owner.uid, options.owner.gid);
  if (options.durable === true) await flush(to);
}

async function finishFolder(folder: string, options: CopyOptions): Promise<void> {
  await chmod(folder, options.folderMode);
  if (options.durable === true) await flush(folder);
  if (options.owner !== undefined) await lchown(folder, options.owner.uid, options.owner.gid);
}

export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives everything in the folder to another owner, the folder itself last. */
export async function giveFolder(folder: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await Promise.all(entries.map((entry) => lchown(join(entry.parentPath, entry.name), owner.uid, owner.gid)));
  await lchown(folder, owner.uid, owner.gid);
}
