import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import pg from 'pg';

/**
 * The least that answers the two questions people ask of a catalog most: one statement on a table of finished JSON
 * behind Node's own server, in a process of its own. Run as a program it is that server.
 */
export interface ReadFloor {
  readonly url: string;
  stop(): Promise<void>;
}

const size = 50;

/** Fills the table with what the product holds, so that both answer with documents of one size. */
export async function fillReadFloor(product: string, floor: string): Promise<void> {
  const source = new pg.Client({ connectionString: product });
  const target = new pg.Client({ connectionString: floor });
  await source.connect();
  await target.connect();
  try {
    await target.query(`drop table if exists document; create table document (identifier text primary key, doc text)`);
    for (let after = ''; ;) {
      const { rows } = await source.query<{ identifier: string; doc: string }>(
        `select identifier, jsonb_build_object('identifier', identifier, 'title', title, 'team', team, 'blueprint',
           blueprint, 'properties', properties, 'relations', relations, 'createdAt', created_at, 'createdBy', created_by,
           'updatedAt', updated_at, 'updatedBy', updated_by)::text as doc
         from entity where identifier > $1 order by identifier limit 5000`,
        [after],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      await target.query(
        `insert into document select * from jsonb_to_recordset($1) as row(identifier text, doc text)`,
        [JSON.stringify(rows)],
      );
      after = last.identifier;
    }
    await target.query('vacuum analyze document');
  } finally {
    await source.end();
    await target.end();
  }
}

export async function startReadFloor(connectionString: string): Promise<ReadFloor> {
  const child = spawn(process.execPath, [import.meta.filename, connectionString], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: `http://127.0.0.1:${line}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function serve(connectionString: string): Promise<void> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  const one = async (identifier: string): Promise<string> => {
    const text = 'select doc from document where identifier = $1';
    return (await pool.query<{ doc: string }>({ name: 'one', text, values: [identifier] })).rows[0]?.doc ?? '{}';
  };
  const page = async (): Promise<string> => {
    const text = `select doc from document order by identifier limit ${size}`;
    const { rows } = await pool.query<{ doc: string }>({ name: 'page', text });
    return `{"entities":[${rows.map((row) => row.doc).join(',')}]}`;
  };
  const server = createServer((request, response) => {
    const { url = '' } = request;
    request.resume();
    const answer = url === '/page' ? page() : one(url.slice('/one/'.length));
    void answer.then((body) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  console.log(address !== null && typeof address === 'object' ? address.port : '');
}

if (import.meta.main) await serve(process.argv[2] ?? '');
