import pg from 'pg';

export const catalogBlueprint = {
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

/** As the API would have written them, without its events. */
export async function fillCatalog(connectionString: string, from: number, to: number): Promise<void> {
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
