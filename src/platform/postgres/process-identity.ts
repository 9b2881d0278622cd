import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A process number alone is reused sooner or later, so a process is known by number and start time.
 * Both mean something only within one boot and one container, which `space` names.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
  readonly space: string;
}

export async function currentProcess(): Promise<ProcessIdentity> {
  const started = await processStart(process.pid);
  if (started === undefined) throw new Error('The start time of this process cannot be read.');
  return { pid: process.pid, started, space: await processSpace() };
}

/** When the process started, in an opaque notation to compare with; undefined when there is no such living process. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const line = await ps(pid, 'stat=,lstart=');
    return line === undefined || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  // A zombie has ended, only nobody has asked for its exit code yet.
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}

async function processSpace(): Promise<string> {
  if (process.platform !== 'linux') return hostname();
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return `${boot.trim()} ${namespace}`;
}

/** Whether the process is the PostgreSQL server of this cluster, not a stranger that was given its number. */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const command = await ps(pid, 'command=');
    return command !== undefined && command.includes('postgres') && command.includes(cluster);
  }
  const [program, folder] = await Promise.all([
    readlink(`/proc/${pid}/exe`).catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  return /\/postgres( \(deleted\))?$/.test(program) && folder === cluster && (await processStart(pid)) !== undefined;
}

async function ps(pid: number, format: string): Promise<string | undefined> {
  const result = await run('ps', ['-ww', '-o', format, '-p', String(pid)]).catch(() => undefined);
  return result?.stdout.trim() || undefined;
}
