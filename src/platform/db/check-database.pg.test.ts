import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#testing/test-database.ts';
import { checkDatabase } from './check-database.ts';
import { openDatabase } from './open-database.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await createEmptyDatabase();
});

afterAll(async () => {
  await test.drop();
});

async function check(connectionString: string): Promise<void> {
  const database = openDatabase({ connectionString, applicationName: 'a test' });
  try {
    await checkDatabase(database.pool);
  } finally {
    await database.close();
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server whose facts we choose. */
function poolAnswering(facts: { version: number; name: string; encoding: string }): pg.Pool {
  return { query: async () => ({ rows: [facts] }) } as unknown as pg.Pool;
}

describe('checkDatabase', () => {
  it('accepts the server we carry', async () => {
    await expect(check(test.connectionString)).resolves.toBeUndefined();
  });

  it('names the address nobody listens on, and not the password', async () => {
    const port = await closedPort();
    const failure = await check(`postgresql://user:hunter2@127.0.0.1:${port}/quayside`).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'database_unreachable' });
    expect((failure as Error).message).toContain(`127.0.0.1:${port}`);
    expect((failure as Error).message).not.toContain('hunter2');
  });

  it('says that the database does not exist', async () => {
    const url = new URL(test.connectionString);
    url.pathname = '/nowhere';
    await expect(check(url.toString())).rejects.toMatchObject({
      code: 'database_refused',
      message: expect.stringMatching(/"nowhere" does not exist.*Create the database/) as string,
    });
  });

  it('says that the user may not enter', async () => {
    const url = new URL(test.connectionString);
    url.username = 'stranger';
    url.password = 'hunter2';
    await expect(check(url.toString())).rejects.toMatchObject({ code: 'database_refused' });
  });

  it.each([
    [{ version: 140_012, name: '14.12', encoding: 'UTF8' }, 'database_too_old', '14.12'],
    [{ version: 150_000, name: '15.0', encoding: 'SQL_ASCII' }, 'database_not_utf8', 'SQL_ASCII'],
  ])('refuses %o', async (facts, code, word) => {
    await expect(checkDatabase(poolAnswering(facts))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(word) as string,
    });
  });

  it('accepts the oldest server that has what we use', async () => {
    await expect(
      checkDatabase(poolAnswering({ version: 150_000, name: '15.0', encoding: 'UTF8' })),
    ).resolves.toBeUndefined();
  });
});
