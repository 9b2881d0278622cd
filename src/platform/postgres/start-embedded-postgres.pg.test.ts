import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fastestFolder } from '#testing/fastest-folder.ts';
import { giveFolder } from './copy-folder.ts';
import { isPostmasterOf, processStart } from './process-identity.ts';
import { firstBarrier } from './server-account.ts';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './start-embedded-postgres.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const program = new URL('start-embedded-postgres.ts', import.meta.url);

let folder: string;
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(await fastestFolder(), 'quayside-embedded-'));
  await chmod(folder, 0o711);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'data'),
    durable: false,
    log: () => undefined,
    ...options,
  });
  running.push(server);
  return server;
}

async function query(server: { connectionString: string }, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

interface OtherProcess {
  readonly process: ChildProcess;
  readonly connectionString: string;
  readonly pid: number;
}

/** Another process that starts a server and then waits to be killed. */
async function startInOtherProcess(
  dataDirectory: string,
  { uid, umask = 0o022, systemFolder }: { uid?: number; umask?: number; systemFolder?: string } = {},
): Promise<OtherProcess> {
  const options = JSON.stringify({ dataDirectory, durable: false, systemFolder });
  const code = `
    process.umask(${umask});
    const { startEmbeddedPostgres } = await import(${JSON.stringify(program.href)});
    const options = { ...${options}, log: () => undefined };
    const server = await startEmbeddedPostgres(options).catch((error) => ({ failure: error.message }));
    console.log(JSON.stringify(server));
    process.stdin.on('data', async () => { await server.stop(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    ...(uid === undefined ? {} : { uid, gid: uid, cwd: '/', env: { PATH: '/usr/bin:/bin' } }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = JSON.parse(line) as OtherProcess & { failure?: string };
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return { ...answer, process: child };
  }
  throw new Error('The other process ended without starting a server.');
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Processes whose command line contains the text, except this one. */
async function processesWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes(text)) found.push(pid);
  }
  return found;
}

async function waitForEnd(pid: number): Promise<void> {
  await expect.poll(() => processStart(pid), { timeout: 20_000 }).toBeUndefined();
}

describe('the embedded database', () => {
  it('keeps its data from one start to the next, and its files in the data directory', async () => {
    const first = await start();
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    expect(await processStart(first.pid)).toBeUndefined();
    const second = await start();
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await readFile(join(folder, 'data/postgres/server.log'), 'utf8')).toContain('ready to accept connections');
  });

  it('gives us a role without power over the machine, and no way in for other users', async () => {
    const server = await start();
    const [role] = await query(
      server,
      `select current_user::text as name, rolsuper, rolcreatedb from pg_roles where rolname = current_user`,
    );
    expect(role).toEqual({ name: 'quayside', rolsuper: false, rolcreatedb: true });
    await expect(query(server, `copy (select 1) to program 'true'`)).rejects.toThrow('permission denied');
    const socketFolder = decodeURIComponent(new URL(server.connectionString).hostname);
    expect((await stat(socketFolder)).mode & 0o777).toBe(0o700);
    await server.stop();
    await expect(stat(socketFolder)).rejects.toThrow('ENOENT');
  });

  it('treats text as Unicode whatever the system is set to', async () => {
    const server = await start();
    const [row] = await query(
      server,
      `select lower('ÄÖŞ') as lower, array_agg(x order by x) as sorted from unnest(array['b', 'a', 'B', 'ä']) x`,
    );
    expect(row).toEqual({ lower: 'äöş', sorted: ['B', 'a', 'b', 'ä'] });
    await query(server, 'create extension pg_trgm');
    expect(await query(server, `select similarity('生产就绪', '生产') > 0 as similar`)).toEqual([{ similar: true }]);
  });

  it('lives in a data directory whose path is longer than a socket address', async () => {
    const server = await start({ dataDirectory: join(folder, 'a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60)) });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a second start on the directory, from this process and from another', async () => {
    const server = await start();
    const refusal = { code: 'data_directory_in_use', details: { directory: join(folder, 'data'), pid: process.pid } };
    await expect(start()).rejects.toMatchObject(refusal);
    await expect(startInOtherProcess(join(folder, 'data'))).rejects.toThrow(
      `${join(folder, 'data')} is in use by process ${process.pid}`,
    );
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('tells when its server has ended', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGQUIT');
    await server.exited;
    await server.stop();
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('does not touch what is no database of ours', async () => {
    await mkdir(join(folder, 'data/postgres/cluster'), { recursive: true });
    await writeFile(join(folder, 'data/postgres/cluster/letter.txt'), 'dear');
    await chmod(join(folder, 'data'), 0o755);
    await expect(start()).rejects.toMatchObject({ code: 'embedded_postgres_lost' });
    expect(await readFile(join(folder, 'data/postgres/cluster/letter.txt'), 'utf8')).toBe('dear');
  });

  it('refuses the database of another major version, which it would not understand', async () => {
    await (await start()).stop();
    await writeFile(join(folder, 'data/postgres/cluster/PG_VERSION'), '12\n');
    await expect(start()).rejects.toMatchObject({ code: 'embedded_postgres_version' });
  });

  it('shows the end of the log when the server does not start', async () => {
    await (await start()).stop();
    await rm(join(folder, 'data/postgres/cluster/global/pg_control'));
    await expect(start()).rejects.toMatchObject({
      code: 'embedded_postgres_failed',
      message: expect.stringContaining('pg_control') as string,
    });
  });
});

describe.runIf(process.platform === 'linux')('after a crash', () => {
  const data = () => join(folder, 'data');

  it('the server ends with the process that started it', async () => {
    const other = await startInOtherProcess(data());
    await kill(other.process);
    await waitForEnd(other.pid);
    const socketFolder = decodeURIComponent(new URL(other.connectionString).hostname);
    await expect.poll(() => stat(socketFolder).catch(() => 'gone'), { timeout: 5_000 }).toBe('gone');
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('an orphan that still runs is stopped, and what it had committed is there', async () => {
    const other = await startInOtherProcess(data());
    await query(other, 'create table kept as select 42 as answer');
    for (const guard of await processesWith(String(other.pid))) process.kill(guard, 'SIGKILL');
    await kill(other.process);
    const cluster = join(data(), 'postgres/cluster');
    expect(await isPostmasterOf(other.pid, cluster)).toBe(true);
    const messages: string[] = [];
    const server = await start({ log: (message) => messages.push(message) });
    expect(await processStart(other.pid)).toBeUndefined();
    expect(messages.join()).toContain('left over');
    expect(await query(server, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('a killed server starts again at once, although its connections have not all noticed', async () => {
    const first = await start({ durable: true });
    await query(first, 'create table kept as select 42 as answer');
    const idle = new pg.Client({ connectionString: first.connectionString });
    idle.on('error', () => undefined);
    await idle.connect();
    process.kill(first.pid, 'SIGKILL');
    await first.stop();
    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await idle.end().catch(() => undefined);
  });

  it('a pid file whose number now belongs to a stranger does not hinder the start', async () => {
    const first = await start();
    const pidFile = join(data(), 'postgres/cluster/postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await writeFile(pidFile, content.replace(/^\d+/, String(stranger.pid)));
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await processStart(stranger.pid ?? 0)).toBeDefined();
  });

  it('a half-made first copy is made anew', async () => {
    await mkdir(join(data(), 'postgres/cluster.new'), { recursive: true });
    await writeFile(join(data(), 'postgres/cluster.new/PG_VERSION'), '18\n');
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe.runIf(isRoot)('started by root', () => {
  it('runs the server as somebody else', async () => {
    const { pid } = await start();
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
  });

  it('keeps the database of a directory below a private folder elsewhere, and finds it again', async () => {
    const home = join(folder, 'home');
    await mkdir(home, { mode: 0o700 });
    const systemFolder = join(folder, 'system');
    const options = { dataDirectory: join(home, 'project/.quayside'), systemFolder };
    const first = await start(options);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const link = join(options.dataDirectory, 'postgres');
    expect(await readlink(link)).toMatch(new RegExp(`^${systemFolder}/database-`));
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    const second = await start(options);
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    await rename(await readlink(link), join(folder, 'moved'));
    await expect(start(options)).rejects.toMatchObject({
      code: 'embedded_postgres_lost',
      message: expect.stringContaining(link) as string,
    });
  });

  it('starts where new files are for their owner alone', async () => {
    const home = join(folder, 'home');
    await mkdir(home, { mode: 0o700 });
    const system = join(folder, 'system');
    for (const dataDirectory of [join(home, '.quayside'), join(folder, 'open')]) {
      const other = await startInOtherProcess(dataDirectory, { umask: 0o077, systemFolder: system });
      expect(await query(other, 'select 1 as one')).toEqual([{ one: 1 }]);
      await kill(other.process);
      await waitForEnd(other.pid);
    }
  });

  it('names the folder that bars the way when there is no other place', async () => {
    const home = join(folder, 'home');
    await mkdir(home, { mode: 0o700 });
    await writeFile(join(folder, 'occupied'), '');
    const options = { dataDirectory: join(home, '.quayside'), systemFolder: join(folder, 'occupied') };
    await expect(start(options)).rejects.toMatchObject({
      code: 'data_directory_unreachable',
      message: expect.stringContaining(`chmod o+x ${home}`) as string,
    });
  });

  it('takes a database back that a restore gave to root', async () => {
    await (await start()).stop();
    const cluster = join(folder, 'data/postgres/cluster');
    await giveFolder(cluster, { uid: 0, gid: 0 });
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it("lets two first starts share one copy of PostgreSQL's programs, and mends it when files were cleaned away", async () => {
    const systemFolder = await mkdtemp(join(tmpdir(), 'quayside-system-'));
    onTestFinished(() => rm(systemFolder, { recursive: true, force: true }));
    await chmod(systemFolder, 0o755);
    const servers = await Promise.all(
      ['one', 'two'].map((name) => start({ dataDirectory: join(folder, name), systemFolder })),
    );
    const copies = await readdir(systemFolder);
    expect(copies).toEqual([expect.stringMatching(/^postgresql-/)]);
    await Promise.all(servers.map((server) => server.stop()));
    await rm(join(systemFolder, copies[0] ?? '', 'postgresql/bin/postgres'));
    const again = await start({ dataDirectory: join(folder, 'one'), systemFolder });
    expect(await query(again, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(systemFolder)).toEqual(copies);
  });

  it('does not follow names that others laid out in a shared folder', async () => {
    const shared = join(folder, 'shared');
    await mkdir(shared);
    await chown(shared, nobody, nobody);
    const options = { dataDirectory: join(folder, 'data'), systemFolder: shared };
    const server = await start(options);
    const executed = await readlink(`/proc/${server.pid}/exe`);
    expect(executed.startsWith(shared)).toBe(false);
  });
});

/** Where another user may read neither this repository nor Node, there is nothing to try. */
async function othersMayRun(): Promise<boolean> {
  const other = { uid: nobody, gid: nobody, dropTo: { uid: nobody, gid: nobody } };
  const barriers = await Promise.all([import.meta.dirname, process.execPath].map((path) => firstBarrier(other, path)));
  return isRoot && barriers.every((barrier) => barrier === undefined);
}

describe.runIf(await othersMayRun())('started by an ordinary user', () => {
  it('runs the server as that user and refuses another one', async () => {
    const dataDirectory = join(folder, 'theirs');
    await mkdir(dataDirectory);
    await chown(dataDirectory, nobody, nobody);
    const other = await startInOtherProcess(dataDirectory, { uid: nobody });
    expect((await stat(`/proc/${other.pid}`)).uid).toBe(nobody);
    expect((await stat(join(dataDirectory, 'postgres'))).mode & 0o777).toBe(0o700);
    // Root is not the user who started it, and has no name in its rules.
    await expect(query(other, 'select 1')).rejects.toThrow('Peer authentication failed');
    await kill(other.process);
    await waitForEnd(other.pid);
  });
});
