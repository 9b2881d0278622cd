import { rm } from 'node:fs/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/postgres/start-embedded-postgres.ts';
import { scratchFolder } from './scratch-folder.ts';

/** One durable PostgreSQL for the product and for the floor beside it, each with a database of its own. */
export interface BenchDatabase {
  readonly product: string;
  readonly floor: string;
  stop(): Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = await scratchFolder();
  const server = await startEmbeddedPostgres({ dataDirectory: folder, log: () => undefined });
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query('create database floor');
  await client.end();
  const floor = new URL(server.connectionString);
  floor.pathname = '/floor';
  return {
    product: server.connectionString,
    floor: floor.toString(),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
