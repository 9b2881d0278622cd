import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog({
    scores: async () => ({
      scores: sql`jsonb_build_object('Linked', jsonb_build_object('level', (select count(*)
      from jsonb_object_keys(e.relations))::text))`,
      changeAt: null,
    }),
  });
});
afterAll(() => server.close());

const identifiers = ['a', 'b', 'c', 'd', 'e'];
const identifier = fc.constantFrom(...identifiers);
const kind = fc.constantFrom('node', 'leaf');
const flag = fc.boolean();
const relations = fc.record(
  {
    of: fc.option(identifier),
    needs: fc.option(identifier),
    many: fc.uniqueArray(identifier, { maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('bulk' as const),
      kind,
      items: fc.array(fc.tuple(identifier, relations), { minLength: 1, maxLength: 4 }),
      merge: flag,
      missing: flag,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('patch' as const), kind, identifier, relations }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), kind, identifier, to: identifier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), kind, identifier, dependents: flag }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** `leaf` has what `node` has, and must belong to a node; both may point at themselves. */
function fitting(made: string, parts: { of?: string | null; needs?: string | null; many?: string[] }): object {
  const { needs, ...rest } = parts;
  return made.startsWith('leaf') && needs !== undefined ? { ...rest, needs } : rest;
}

async function perform(prefix: string, each: Step): Promise<number> {
  const blueprint = `${each.kind}${prefix}`;
  const path = `/v1/blueprints/${blueprint}/entities`;
  switch (each.do) {
    case 'bulk': {
      const entities = each.items.map(([name, parts]) => ({ identifier: name, relations: fitting(blueprint, parts) }));
      const query = `?upsert=true&merge=${String(each.merge)}&create_missing_related_entities=${String(each.missing)}`;
      return (await server.ask('POST', `${path}/bulk${query}`, { entities })).status;
    }
    case 'patch':
      return (
        await server.ask('PATCH', `${path}/${each.identifier}`, { relations: fitting(blueprint, each.relations) })
      ).status;
    case 'rename':
      return (await server.ask('PATCH', `${path}/${each.identifier}`, { identifier: each.to })).status;
    case 'delete':
      return (await server.ask('DELETE', `${path}/${each.identifier}?delete_dependents=${String(each.dependents)}`))
        .status;
  }
}

interface State {
  readonly subject: string;
  readonly wire: Readonly<Record<string, unknown>>;
  readonly version: number;
}

async function checkInvariants(prefix: string): Promise<void> {
  const { db } = server.core;
  const blueprints = [`node${prefix}`, `leaf${prefix}`];
  const rows = await sql<{ row: string }>`
    select concat_ws('|', blueprint, identifier, relation, target_blueprint, target) as row
    from entity_relation where blueprint = any(${blueprints}) order by row`.execute(db);
  const documents = await sql<{ row: string; there: boolean }>`
    select concat_ws('|', e.blueprint, e.identifier, r.key, t.blueprint, v.target) as row, o.identifier is not null as there
    from entity e cross join jsonb_each(e.relations) r
    cross join jsonb_array_elements_text(case jsonb_typeof(r.value) when 'array' then r.value else jsonb_build_array(r.value) end) v(target)
    cross join lateral (select case r.key when 'many' then e.blueprint else ${`node${prefix}`} end as blueprint) t
    left join entity o on o.org_id = e.org_id and o.blueprint = t.blueprint and o.identifier = v.target
    where e.blueprint = any(${blueprints}) order by row`.execute(db);
  expect(rows.rows.map(({ row }) => row)).toEqual(documents.rows.map(({ row }) => row));
  expect(documents.rows.filter(({ there }) => !there)).toEqual([]);
  const homeless = await sql`
    select identifier from entity where blueprint = ${`leaf${prefix}`} and not relations ? 'needs'`.execute(db);
  expect(homeless.rows).toEqual([]);
  expect(await statesByEvents(prefix)).toEqual(await statesByReading(blueprints));
}

/** What somebody who heard every event believes. */
async function statesByEvents(prefix: string): Promise<readonly State[]> {
  const states = new Map<string, State>();
  for (const event of await server.events()) {
    const { blueprint, renamedFrom } = event.context;
    if (event.status !== 'SUCCESS' || !event.kind.startsWith('entity.') || !String(blueprint).endsWith(prefix))
      continue;
    const old = typeof renamedFrom === 'string' ? `entity:${String(blueprint)}/${renamedFrom}` : event.subject;
    const version = (states.get(old)?.version ?? 0) + 1;
    expect(version === 1, `${event.kind} of ${event.subject}`).toBe(event.kind === 'entity.created');
    states.delete(old);
    if (event.after !== null) states.set(event.subject, { subject: event.subject, wire: event.after, version });
  }
  return [...states.values()].toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
}

async function statesByReading(blueprints: readonly string[]): Promise<readonly State[]> {
  const found = await sql<{ blueprint: string; identifier: string; version: number }>`
    select blueprint, identifier, version from entity where blueprint = any(${[...blueprints]})
    order by 'entity:' || blueprint || '/' || identifier collate "C"`.execute(server.core.db);
  const states: State[] = [];
  for (const row of found.rows) {
    const wire = await server.read(row.blueprint, row.identifier);
    states.push({ subject: `entity:${row.blueprint}/${row.identifier}`, wire, version: row.version });
  }
  return states;
}

test(
  'whatever several writers do at once, relations, documents, scores and events agree',
  { timeout: 180_000 },
  async () => {
    let made = 0;
    const answers = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 4, maxLength: 8 }), { minLength: 4, maxLength: 4 }),
        async (writers) => {
          made += 1;
          const prefix = `x${made}x`;
          const node = await server.blueprint({ identifier: `node${prefix}` });
          await server.ask('PATCH', `/v1/blueprints/${node}`, {
            relations: { of: { target: node }, many: { target: node, many: true } },
          });
          const leaf = await server.blueprint({ identifier: `leaf${prefix}` });
          await server.ask('PATCH', `/v1/blueprints/${leaf}`, {
            relations: {
              of: { target: node },
              needs: { target: node, required: true },
              many: { target: leaf, many: true },
            },
          });
          await server.ask('POST', `/v1/blueprints/${node}/entities/bulk`, {
            entities: identifiers.map((name) => ({ identifier: name })),
          });
          await Promise.all(
            writers.map(async (steps) => {
              for (const each of steps) answers.add(await perform(prefix, each));
            }),
          );
          await checkInvariants(prefix);
        },
      ),
      { numRuns: Number(process.env['RACE_RUNS'] ?? 8), endOnFailure: true },
    );
    for (const status of answers) expect([200, 207, 403, 404, 409, 422]).toContain(status);
    for (const status of [200, 207, 404]) expect(answers).toContain(status);
  },
);
