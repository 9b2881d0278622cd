import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../src/platform/db/migrate.ts';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { type Figure, median } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const calls = 200;
const entitiesPerCall = 20;
const inFlight = 5;
const rounds = 10;
/** A round is cut off after so long. */
const roundMs = 5_000;
/** What Backstage's catalog ingests a second on a machine of this size. */
const backstagePerSecond = 180;

interface Entity {
  readonly identifier: string;
  readonly title: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** About 1 KB as JSON. Every second round changes what the round before created. */
function entity(round: number, index: number): Entity {
  const generation = Math.floor(round / 2);
  return {
    identifier: `service-${generation}-${index}`,
    title: `Service ${index}`,
    properties: {
      language: ['TypeScript', 'Go', 'Java', 'Python'][index % 4],
      tier: (index + round) % 3,
      url: `https://example.com/services/${index}`,
      owner: `owner-${index % 40}@example.com`,
      live: index % 2 === 0,
      tags: [`team-${index % 20}`, `area-${index % 7}`, `round-${round}`],
      readme: `${'A service that does one thing and does it well. '.repeat(14)}${round}`,
    },
  };
}

const text = { type: 'string' } as const;
const blueprint = {
  identifier: 'service',
  title: 'Service',
  schema: {
    properties: {
      language: { ...text, enum: ['TypeScript', 'Go', 'Java', 'Python'] },
      tier: { type: 'number' },
      url: { ...text, format: 'url' },
      owner: { ...text, format: 'email' },
      live: { type: 'boolean' },
      tags: { type: 'array', items: text },
      readme: { ...text, format: 'markdown' },
    },
    required: ['language'],
  },
  relations: {},
};

/** Entities a second through the API, and the same work in bare SQL, by turns on one PostgreSQL. */
export async function measureIngest(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  const program = await startProgram({ DATABASE_URL: database.product });
  try {
    await program.call('POST', '/v1/blueprints', blueprint);
    const floor = await openFloor(database);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await perSecond(async (batch) => floor.write(batch), round));
      ours.push(await perSecond(async (batch) => ingest(program, batch), round));
      // The product sees to that by itself; the floor's plans would be those for an empty table.
      if (round === 0) await floor.count();
    }
    await floor.close();
    // The first two rounds warm both up. Rounds are compared in pairs: the machine may be busier at one time than another.
    const [product, sql] = [median(ours.slice(2)), median(bare.slice(2))];
    const ratio = median(ours.slice(2).map((value, index) => value / (bare[index + 2] ?? Number.NaN)));
    const note = `${entitiesPerCall} a call, ${inFlight} in flight, 1 KB, half created, half changed`;
    return [
      { name: 'ingest', value: product, unit: '/s', promise: { atLeast: 20 * backstagePerSecond }, note },
      {
        name: 'ingest, bare SQL',
        value: sql,
        unit: '/s',
        note: 'lock, upsert, event row; same tables, same PostgreSQL, durable',
      },
      {
        name: 'ingest, ratio to bare SQL',
        value: ratio,
        unit: '×',
        promise: { atLeast: 0.5 },
        note: `median of ${rounds - 2} pairs`,
      },
    ];
  } finally {
    await program.stop();
    await database.stop();
  }
}

async function perSecond(write: (batch: readonly Entity[]) => Promise<void>, round: number): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < calls && performance.now() - begun < roundMs) {
      const first = next * entitiesPerCall;
      next += 1;
      await write(Array.from({ length: entitiesPerCall }, (_, offset) => entity(round, first + offset)));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (next * entitiesPerCall * 1000) / (performance.now() - begun);
}

async function ingest(program: Program, entities: readonly Entity[]): Promise<void> {
  const answer = await program.call('POST', '/v1/blueprints/service/entities/bulk?upsert=true', { entities });
  if (answer.status !== 200) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

interface Floor {
  readonly write: (batch: readonly Entity[]) => Promise<void>;
  readonly count: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The same work with nothing around it: no HTTP, no validation, no rules. The same tables and indexes, though. */
async function openFloor(database: BenchDatabase): Promise<Floor> {
  const pool = new pg.Pool({ connectionString: database.floor, max: inFlight });
  await migrate(pool, join(import.meta.dirname, '..', 'migrations'), () => undefined);
  await pool.query(`insert into organisation (id, name, created_at) values ('org', 'org', now());
    insert into event_counter (org_id) values ('org')`);
  return {
    async write(batch) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await writeBare(client, batch);
        await client.query('commit');
      } finally {
        client.release();
      }
    },
    count: async () => void (await pool.query('analyze entity, event, event_counter')),
    close: async () => pool.end(),
  };
}

async function writeBare(client: pg.PoolClient, batch: readonly Entity[]): Promise<void> {
  const locked = await client.query<{ identifier: string; properties: unknown }>({
    name: 'lock',
    text: `select identifier, properties from entity where org_id = 'org' and blueprint = 'service'
      and identifier = any($1) order by identifier for update`,
    values: [batch.map((item) => item.identifier)],
  });
  await client.query({
    name: 'upsert',
    text: `insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
        created_at, created_by, updated_at, updated_by)
      select 'org', 'service', identifier, title, '{}', properties, '{}', '', 1, now(), 'bench', now(), 'bench'
      from jsonb_to_recordset($1::jsonb) as row(identifier text, title text, properties jsonb)
      on conflict (org_id, blueprint, identifier) do update set title = excluded.title,
        properties = excluded.properties, version = entity.version + 1, updated_at = excluded.updated_at`,
    values: [JSON.stringify(batch)],
  });
  const before = new Map(locked.rows.map((row) => [row.identifier, row.properties]));
  const events = batch.map((item, index) => ({
    ordinal: index + 1,
    id: `event_${Math.random()}`,
    subject: `entity:service/${item.identifier}`,
    after: item,
    changed: before.get(item.identifier) ?? [],
  }));
  await client.query({
    name: 'event',
    text: `with counter as (update event_counter set last = last + ${batch.length} where org_id = 'org' returning last)
      insert into event (org_id, number, id, at, kind, resource, action, subject, context, after, changed, actor, origin,
        status)
      select 'org', (select last from counter) - ${batch.length} + ordinal, id, now(), 'entity.updated', 'entity',
        'UPDATE', subject, '{}', after, changed, '{}', 'API', 'SUCCESS'
      from jsonb_to_recordset($1::jsonb) as row(ordinal int, id text, subject text, after jsonb, changed jsonb)`,
    values: [JSON.stringify(events)],
  });
}
