import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../src/platform/db/migrate.ts';
import { startBenchDatabase } from './bench-database.ts';
import { catalogBlueprint, fillCatalog } from './fill-catalog.ts';
import type { Figure } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const entities = 100_000;
const rules = 10;
const patienceMs = 150_000;
const scorecards = '/v1/blueprints/service/scorecards';

/** Scoring 100,000 entities by ten rules after an edit of one, beside one statement that does the same to the same rows. */
export async function measureScores(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  try {
    const bareMs = await scoreBare(database.floor);
    const program = await startProgram({ DATABASE_URL: database.product });
    try {
      await program.call('POST', '/v1/blueprints', catalogBlueprint);
      await program.call('POST', scorecards, scorecard(0));
      await fillCatalog(database.product, 0, entities);
      const ms = await rescore(program, database.product);
      const note = `${Math.round(bareMs)} ms: one update of ${entities} rows with ${rules} conditions each, same table and indexes`;
      return [
        { name: `scoring ${entities} entities after a rule edit, all levels change`, value: ms, unit: 'ms' },
        { name: '… beside one statement', value: ms / bareMs, unit: '×', promise: { atMost: 3 }, note },
      ];
    } finally {
      await program.stop();
    }
  } finally {
    await database.stop();
  }
}

/** With another edition every level is another: the last rule turns from nobody's to everybody's. */
function scorecard(edition: number): object {
  const conditions = Array.from({ length: rules }, (_, index) =>
    index === rules - 1
      ? { property: 'tier', operator: '>=', value: edition === 0 ? 1_000_000 : 0 }
      : { property: 'readme', operator: 'contains', value: `one thing` },
  );
  return {
    identifier: 'Ready',
    title: `Ready ${edition}`,
    rules: conditions.map((condition, index) => ({
      identifier: `rule${index}`,
      title: `Rule ${index}`,
      level: index < 5 ? 'Bronze' : 'Silver',
      query: { combinator: 'and', conditions: [condition] },
    })),
  };
}

/** From the edit to the last row: rows are scored in the order of identifiers. */
async function rescore(program: Program, connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const found = await client.query<{ last: string }>(
      `select max(identifier) as last from entity where blueprint = 'service'`,
    );
    const last = `/v1/blueprints/service/entities/${found.rows[0]?.last}`;
    const begun = performance.now();
    const { status } = await program.call('PUT', `${scorecards}/Ready`, scorecard(1));
    if (status !== 200) throw new Error(`The scorecard was answered ${status}.`);
    while (performance.now() - begun < patienceMs) {
      const { body } = await program.call('GET', last);
      if (levelIn(body) === 'Silver') return performance.now() - begun;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const done = await client.query<{ share: number }>(
      `select avg((scorecards #>> '{Ready,level}' = 'Silver')::int)::float8 as share from entity where blueprint = 'service'`,
    );
    return patienceMs / (done.rows[0]?.share ?? Number.NaN);
  } finally {
    await client.end();
  }
}

function levelIn(body: Readonly<Record<string, unknown>>): string | undefined {
  const entity = body['entity'] as { readonly scorecards?: { readonly Ready?: { readonly level: string } } };
  return entity.scorecards?.Ready?.level;
}

async function scoreBare(connectionString: string): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: 2 });
  try {
    await migrate(pool, join(import.meta.dirname, '..', 'migrations'), () => undefined);
    await pool.query(`insert into organisation (id, name, created_at) values ('org', 'org', now());
      insert into blueprint (org_id, identifier, document, created_at, created_by, updated_at, updated_by)
      values ('org', 'service', '{}', now(), '', now(), '')`);
    await fillCatalog(connectionString, 0, entities);
    const begun = performance.now();
    await pool.query(bareScore);
    return performance.now() - begun;
  } finally {
    await pool.end();
  }
}

const answers = Array.from({ length: rules }, (_, index) =>
  index === rules - 1
    ? `(jsonb_typeof(properties -> 'tier') = 'number' and (properties -> 'tier')::numeric >= 0)`
    : `(strpos(properties ->> 'readme', 'one thing') > 0)`,
);
const results = answers.map(
  (answer, index) => `jsonb_build_object('identifier', 'rule${index}', 'level',
    '${index < 5 ? 'Bronze' : 'Silver'}', 'status', case when ${answer} then 'SUCCESS' else 'FAILURE' end)`,
);
const bareScore = `
  update entity set scorecards = jsonb_build_object('Ready', jsonb_build_object(
    'rules', jsonb_build_array(${results.join(', ')}),
    'level', case when not (${answers.slice(0, 5).join(' and ')}) then 'Basic'
      when not (${answers.slice(5).join(' and ')}) then 'Bronze' else 'Silver' end))
  where org_id = 'org' and blueprint = 'service'`;
