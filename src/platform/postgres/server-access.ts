import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownUserName } from './server-account.ts';

/** The superuser; our own program works as a role that may not read files or run programs through SQL. */
export const administrator = 'postgres';
export const roleName = 'quayside';
export const databaseName = 'quayside';
const port = 5432;

export interface AccessRules {
  readonly files: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The server asks the kernel who is at the other end of its socket and lets in this process's user alone: no password
 * to keep, and another program of the server's own user (`nobody`) is refused.
 */
export async function writeAccessRules(folder: string): Promise<AccessRules> {
  const hba = join(folder, 'pg_hba.conf');
  const ident = join(folder, 'pg_ident.conf');
  const user = `"${ownUserName().replaceAll('"', '""')}"`;
  await replaceFile(hba, 'local all all peer map=quayside\n');
  await replaceFile(ident, `quayside ${user} ${roleName}\nquayside ${user} ${administrator}\n`);
  return { files: [hba, ident], settings: { hba_file: hba, ident_file: ident } };
}

export function clientConfig(socketFolder: string): { host: string; port: number } {
  return { host: socketFolder, port };
}

/** As a URL, so that the embedded database and `DATABASE_URL` are the same thing to everyone. */
export function socketUrl(socketFolder: string): string {
  return `postgresql://${roleName}@${encodeURIComponent(socketFolder)}:${port}/${databaseName}`;
}

async function replaceFile(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content);
  // For the server's own user, whatever this process's umask takes from new files.
  await chmod(`${file}.new`, 0o644);
  await rename(`${file}.new`, file);
}
