import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';

let test: TestDatabase;
let folder: string;

beforeEach(async () => {
  test = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'quayside-migrate-'));
});

afterEach(async () => {
  await test.drop();
  await rm(folder, { recursive: true });
});

async function write(file: string, sql: string): Promise<void> {
  await writeFile(join(folder, file), sql);
}

async function run(): Promise<unknown[]> {
  const applied: unknown[] = [];
  await migrate(test.database.pool, folder, (_message, fields) => applied.push(fields?.['migration']));
  return applied;
}

async function rows(query: string): Promise<unknown[]> {
  return (await test.database.pool.query<Record<string, unknown>>(query)).rows;
}

describe('migrate', () => {
  it('applies what is new, in order, once', async () => {
    await write('0002_second.sql', 'insert into note values (2);');
    await write('0001_first.sql', 'create table note (a int); insert into note values (1);');
    await write('README.md', 'not a migration');
    expect(await run()).toEqual(['0001_first.sql', '0002_second.sql']);
    await write('0004_third.sql', 'insert into note values (4);');
    expect(await run()).toEqual(['0004_third.sql']);
    expect(await run()).toEqual([]);
    expect(await rows('select a from note order by a')).toEqual([{ a: 1 }, { a: 2 }, { a: 4 }]);
    expect(await rows('select number, name from migration order by number')).toEqual([
      { number: 1, name: 'first' },
      { number: 2, name: 'second' },
      { number: 4, name: 'third' },
    ]);
  });

  it('has nothing to do without a folder', async () => {
    await rm(folder, { recursive: true });
    expect(await run()).toEqual([]);
    await writeFile(folder, '');
  });

  it('lets several processes start at once', async () => {
    await write('0001_first.sql', 'create table note (a int); select pg_sleep(0.2);');
    await write('0002_second.sql', 'insert into note values (1); select pg_sleep(0.2);');
    const databases = Array.from({ length: 4 }, () =>
      openDatabase({
        connectionString: test.connectionString,
        applicationName: 'a test',
        statementTimeoutMs: 100,
        lockTimeoutMs: 100,
      }),
    );
    const applied: unknown[] = [];
    try {
      await Promise.all(
        databases.map((database) =>
          migrate(database.pool, folder, (_message, fields) => applied.push(fields?.['migration'])),
        ),
      );
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
    expect(applied).toEqual(['0001_first.sql', '0002_second.sql']);
    expect(await rows('select a from note')).toEqual([{ a: 1 }]);
  });

  it('undoes a migration that fails, tells the line, and goes on when it is mended', async () => {
    await write('0001_first.sql', 'create table note (a int);');
    await write('0002_second.sql', '-- more\ninsert into note values (1);\ninsert into nowhere values (1);\n');
    await expect(run()).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringMatching(/0002_second\.sql, line 3 .*"nowhere" does not exist/) as string,
    });
    expect(await rows('select a from note')).toEqual([]);
    await write('0002_second.sql', 'insert into note values (2);');
    expect(await run()).toEqual(['0002_second.sql']);
    expect(await rows('select a from note')).toEqual([{ a: 2 }]);
  });

  it('goes on after the process was killed in the middle of a migration', async () => {
    await write('0001_first.sql', 'create table note (a int);');
    await run();
    await write('0002_second.sql', 'insert into note values (1); select pg_sleep(30);');
    const failure = run().catch((error: unknown) => error);
    await expect
      .poll(async () => rows(`select pid from pg_stat_activity where wait_event = 'PgSleep'`), { timeout: 10_000 })
      .toHaveLength(1);
    await rows(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where wait_event = 'PgSleep'`);
    expect(await failure).toBeInstanceOf(Error);
    await write('0002_second.sql', 'insert into note values (2);');
    expect(await run()).toEqual(['0002_second.sql']);
    expect(await rows('select a from note')).toEqual([{ a: 2 }]);
  });

  it('refuses a migration that changed after it was applied', async () => {
    await write('0001_first.sql', 'create table note (a int);\n');
    await run();
    await write('0001_first.sql', 'create table note (a int);\r\n');
    expect(await run()).toEqual([]);
    await write('0001_first.sql', 'create table note (a bigint);\n');
    await expect(run()).rejects.toMatchObject({ code: 'migration_changed', details: { file: '0001_first.sql' } });
  });

  it('refuses a database that is ahead of the program', async () => {
    await write('0001_first.sql', 'create table note (a int);');
    await write('0002_second.sql', 'alter table note add b int;');
    await run();
    await rm(join(folder, '0002_second.sql'));
    await expect(run()).rejects.toMatchObject({ code: 'database_newer', details: { number: 2, newest: 1 } });
    await write('0003_third.sql', 'alter table note add c int;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_missing', details: { number: 2 } });
  });

  it('refuses a migration that comes too late', async () => {
    await write('0002_second.sql', 'create table note (a int);');
    await run();
    await write('0001_first.sql', 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_late', details: { file: '0001_first.sql' } });
  });

  it.each(['first.sql', '1_first.sql', '0001_First.sql'])('refuses the name %s', async (file) => {
    await write(file, 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_misnamed', details: { file } });
  });

  it('refuses two migrations with one number', async () => {
    await write('0001_first.sql', 'select 1;');
    await write('0001_other.sql', 'select 1;');
    await expect(run()).rejects.toMatchObject({ code: 'migration_misnamed' });
  });
});
