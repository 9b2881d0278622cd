import pg from 'pg';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { type Figure, median } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const sizes = [1_000, 100_000] as const;
const repeats = 60;
const warmUp = 10;

const blueprint = {
  identifier: 'service',
  title: 'Service',
  schema: {
    properties: {
      lang: { type: 'string', enum: ['Go', 'Java', 'Kotlin', 'Python', 'Rust', 'TypeScript'] },
      tier: { type: 'number' },
      owner: { type: 'string', format: 'email' },
      tags: { type: 'array', items: { type: 'string' } },
      readme: { type: 'string', format: 'markdown' },
    },
    required: [],
  },
};

/** A page, an entity, facets and a search for words among 1,000 and among 100,000 entities. */
export async function measureCatalog(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  try {
    const program = await startProgram({ DATABASE_URL: database.product });
    try {
      return await measure(database, program);
    } finally {
      await program.stop();
    }
  } finally {
    await database.stop();
  }
}

type Latencies = Readonly<Record<string, number>>;

async function measure(database: BenchDatabase, program: Program): Promise<readonly Figure[]> {
  await program.call('POST', '/v1/blueprints', blueprint);
  const found: Latencies[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(database.product, filled, size);
    filled = size;
    found.push(await latencies(program));
  }
  const [few, many] = found;
  return Object.keys(many ?? {}).flatMap((name): Figure[] => {
    const [small, large] = [few?.[name] ?? 0, many?.[name] ?? 0];
    const grows = name.startsWith('page') || name.startsWith('entity');
    return [
      { name: `${name}, 100,000 entities, p50`, value: large, unit: 'ms', note: `${small.toPrecision(3)} ms at 1,000` },
      ...(grows
        ? [{ name: `${name}, growth`, value: large / small, unit: '×' as const, promise: { atMost: 1.3 } }]
        : []),
    ];
  });
}

/** As the API would have written them, without its events. */
async function fill(connectionString: string, from: number, to: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ org_id: string }>(
      `select org_id from blueprint where identifier = 'service'`,
    );
    await client.query(
      `insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
         created_at, created_by, updated_at, updated_by)
       select $1, 'service', 'service-' || n, 'Service ' || n, array['team-' || n % 40],
         jsonb_build_object('lang', (array['Go','Java','Kotlin','Python','Rust','TypeScript'])[1 + n % 6],
           'tier', n % 4, 'owner', 'owner-' || n % 40 || '@example.com',
           'tags', jsonb_build_array('area-' || n % 7, 'wave-' || n % 300),
           'readme', repeat('A service that does one thing and does it well. ', 12) || n),
         '{}', '', 1, now(), '', now() - n * interval '1 second', ''
       from generate_series($2::int, $3::int) as n`,
      [rows[0]?.org_id, from + 1, to],
    );
    await client.query(
      `insert into entity_words (org_id, blueprint, identifier, words)
       select org_id, blueprint, identifier, array_to_tsvector(string_to_array(
         'service ' || split_part(identifier, '-', 2) || ' ' || lower(properties ->> 'lang') || ' does one thing well', ' '))
       from entity where blueprint = 'service' on conflict do nothing`,
    );
    await client.query('analyze entity, entity_words');
  } finally {
    await client.end();
  }
}

async function latencies(program: Program): Promise<Latencies> {
  const search = '/v1/blueprints/service/entities/search';
  const rule = (property: string, value: unknown) => ({
    combinator: 'and',
    rules: [{ property, operator: '=', value }],
  });
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'entity by id': async () => program.call('GET', '/v1/blueprints/service/entities/service-777'),
    'page of 50 by title': async () => program.call('POST', search, { limit: 50, sort: { property: '$title' } }),
    'page of 50, filtered': async () => program.call('POST', search, { limit: 50, query: rule('tags', 'wave-7') }),
    'table rows, far down': async () =>
      program.call('POST', '/api/v1/blueprints/service/rows', {
        offset: 900,
        limit: 200,
        sort: { property: '$title' },
      }),
    'facets of one field': async () => program.call('POST', '/api/v1/blueprints/service/facets', { fields: ['lang'] }),
    'words, ranked': async () => program.call('GET', '/api/v1/search?q=service+777'),
  };
  const medians: [string, number][] = [];
  for (const [name, ask] of Object.entries(asked)) {
    const times: number[] = [];
    for (let round = 0; round < repeats + warmUp; round += 1) {
      const begun = performance.now();
      await ask();
      if (round >= warmUp) times.push(performance.now() - begun);
    }
    medians.push([name, median(times)]);
  }
  return Object.fromEntries(medians);
}
