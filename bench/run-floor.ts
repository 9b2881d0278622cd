import { request, Agent } from 'node:http';
import pg from 'pg';

/** The least that could be a run: written, called, and what came of it written down, each step durable with its event. */
export interface RunFloor {
  begin(id: string): Promise<void>;
  dispatch(id: string): Promise<void>;
  close(): Promise<void>;
}

const connections = 8;

export async function openRunFloor(connectionString: string, authority: string): Promise<RunFloor> {
  const pool = new pg.Pool({ connectionString, max: connections });
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  await pool.query(`
    create table if not exists run (id text primary key, status text not null, state text not null, document jsonb not null);
    create table if not exists event (number bigint primary key, subject text not null, document jsonb not null);
    create table if not exists counter (last bigint not null);
    insert into counter select 0 where not exists (select 1 from counter);`);
  const document = JSON.stringify({ action: 'deploy', payload: { text: 'x'.repeat(600) } });

  async function write(statement: string, values: readonly string[]): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(statement, [...values]);
      await client.query(
        `with taken as (update counter set last = last + 1 returning last)
         insert into event select last, $1, $2 from taken`,
        [values[0], document],
      );
      await client.query('commit');
    } finally {
      client.release();
    }
  }

  return {
    begin: async (id) => write("insert into run values ($1, 'IN_PROGRESS', 'waiting', $2)", [id, document]),
    async dispatch(id) {
      await write("update run set state = 'calling' where id = $1", [id]);
      await post(agent, authority, id, document);
      await write("update run set state = 'called' where id = $1", [id]);
    },
    async close() {
      agent.destroy();
      await pool.end();
    },
  };
}

async function post(agent: Agent, authority: string, id: string, body: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const call = request(`http://${authority}/`, { method: 'POST', agent, headers: { run_id: id } }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    call.on('error', reject);
    call.end(body);
  });
}
