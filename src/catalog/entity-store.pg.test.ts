import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { EntityRow } from './entity-queries.ts';
import { holdTargets, lockEntities, rememberDatasource, storeRelations } from './entity-store.ts';

const orgId = 'org_young';
const blueprint = {
  identifier: 'service',
  relations: { system: { target: 'system', many: false } },
} as unknown as BlueprintDocument;

let home: TestDatabase;
beforeAll(async () => {
  home = await createTestDatabase();
  const db = home.database.kysely;
  await sql`alter table entity set (autovacuum_enabled = false)`.execute(db);
  await sql`alter table entity_relation set (autovacuum_enabled = false)`.execute(db);
  await sql`insert into organisation (id, name, created_at) values (${orgId}, 'Young', now())`.execute(db);
  for (const name of ['system', 'service']) {
    await sql`
      insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
        created_at, created_by, updated_at, updated_by)
      select ${orgId}, ${name}, 'e' || i, 'T', '{}', '{}', '{}', '', 1, now(), '', now(), ''
      from generate_series(1, 2000) as i`.execute(db);
  }
  await sql`
    insert into entity_relation (org_id, blueprint, identifier, relation, target_blueprint, target)
    select ${orgId}, 'service', 'e' || i, 'system', 'system', 'e1' from generate_series(1, 2000) as i`.execute(db);
});
afterAll(async () => home.drop());

test('a write finds its rows by their keys in a table that nobody has counted yet', async () => {
  const identifiers = ['e7', 'e1999', 'e7', 'missing'];
  const row = { identifier: 'e7', relations: { system: 'e1' } } as unknown as EntityRow;
  await home.database.kysely.connection().execute(async (one) => {
    for (let round = 1; round <= 8; round += 1) {
      await one.transaction().execute(async (db) => {
        const ctx = { db, actor: systemActor(orgId, 'test'), now: new Date(0) } as unknown as WriteContext;
        const held = await holdTargets(db, orgId, [
          { blueprint: 'system', identifier: 'e1' },
          { blueprint: 'system', identifier: 'e1' },
          { blueprint: 'system', identifier: 'missing' },
        ]);
        expect(held).toEqual([{ blueprint: 'system', identifier: 'e1' }]);
        const rows = await lockEntities(ctx, 'service', identifiers, 'change');
        expect(rows.map(({ identifier }) => identifier)).toEqual(['e1999', 'e7']);
        await rememberDatasource(ctx, 'service', identifiers, `source ${round}`);
        const target = { ...row, relations: { system: `e${round + 1}` } };
        const before = { ...row, relations: { system: `e${round}` } };
        await storeRelations(ctx, blueprint, [{ before, after: target }]);
      });
    }
    await sql`select pg_stat_force_next_flush()`.execute(one);
  });
  const used = await sql<{ index: string }>`
    select indexrelname as index from pg_stat_user_indexes
    where relname in ('entity', 'entity_relation') and idx_scan > 0 order by 1`.execute(home.database.kysely);
  expect(used.rows.map(({ index }) => index)).toEqual(['entity_pkey', 'entity_relation_pkey']);
  const scans = await sql`
    select relname from pg_stat_user_tables
    where relname in ('entity', 'entity_relation') and seq_scan > 0`.execute(home.database.kysely);
  expect(scans.rows).toEqual([]);
  const sources = await sql`
    select identifier, datasource from entity where org_id = ${orgId} and datasource <> '' order by 1`.execute(
    home.database.kysely,
  );
  expect(sources.rows).toEqual([
    { identifier: 'e1999', datasource: 'source 8' },
    { identifier: 'e7', datasource: 'source 8' },
  ]);
});
