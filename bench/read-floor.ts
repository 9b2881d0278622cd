import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import fastify from 'fastify';
import pg from 'pg';

/**
 * Bare SQL on one connection and a bare fastify reply, in a process of its own: the statements that find the same rows
 * in the same tables, and a server that hands over what they found. Under `/finished` they take finished JSON texts
 * from a table of their own: less than that cannot answer. Run as a program it is that server.
 */
export interface ReadFloor {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const columns = `identifier, title, icon, blueprint, team, properties, relations, created_at as "createdAt",
  created_by as "createdBy", updated_at as "updatedAt", updated_by as "updatedBy"`;
const ofService = `from entity where org_id = $1 and blueprint = 'service'`;
const byTitle = `lower(left(title, 200)), identifier`;
const size = 50;

/** Keeps each entity as a finished text, beside what the product holds. */
export async function finishDocuments(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(`create schema bench`);
    await client.query(`
      create table bench.document as
      select e.identifier, row_to_json(e)::text as doc from (select ${columns} from entity) as e`);
    await client.query(`alter table bench.document add primary key (identifier)`);
    await client.query('vacuum analyze bench.document');
  } finally {
    await client.end();
  }
}

export async function startReadFloor(connectionString: string): Promise<ReadFloor> {
  const child = spawn(process.execPath, [import.meta.filename, connectionString], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: line,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function serve(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const found = await client.query<{ org_id: string }>(`select org_id from blueprint where identifier = 'service'`);
  const orgId = found.rows[0]?.org_id ?? '';
  const read = async (name: string, text: string, values: readonly unknown[]): Promise<readonly object[]> =>
    (await client.query<object>({ name, text, values: [...values] })).rows;
  const app = fastify();
  app.get<{ Params: { id: string } }>('/one/:id', async ({ params }) => {
    const [entity] = await read('one', `select ${columns} ${ofService} and identifier = $2`, [orgId, params.id]);
    return { ok: true, entity };
  });
  app.post('/page', async () => {
    const entities = await read('page', `select ${columns} ${ofService} order by identifier limit ${size}`, [orgId]);
    return { ok: true, entities };
  });
  app.post('/filtered', async () => {
    const where = `and (properties @> '{"tags":"wave-7"}' or properties @> '{"tags":["wave-7"]}')`;
    const text = `select ${columns} ${ofService} ${where} order by ${byTitle} limit ${size}`;
    return { ok: true, entities: await read('filtered', text, [orgId]) };
  });
  app.get('/groups', async () => {
    const text = `select properties -> 'lang' as value, count(*)::int as count ${ofService} group by 1 order by 1`;
    return { ok: true, groups: await read('groups', text, [orgId]) };
  });
  app.get('/by-property', async () => {
    const text = `select ${columns} ${ofService} order by properties -> 'tier', identifier limit ${size}`;
    return { ok: true, entities: await read('by-property', text, [orgId]) };
  });
  const texts = async (name: string, rest: string, values: readonly unknown[]): Promise<string> => {
    const rows = await read(name, `select doc from bench.document ${rest}`, values);
    return (rows as readonly { readonly doc: string }[]).map(({ doc }) => doc).join(',');
  };
  app.get<{ Params: { id: string } }>('/finished/one/:id', async ({ params }, reply) => {
    void reply.type('application/json');
    return `{"ok":true,"entity":${await texts('finished-one', 'where identifier = $1', [params.id])}}`;
  });
  app.post('/finished/page', async (_request, reply) => {
    void reply.type('application/json');
    return `{"ok":true,"entities":[${await texts('finished-page', `order by identifier limit ${size}`, [])}]}`;
  });
  console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
}

if (import.meta.main) await serve(process.argv[2] ?? '');
