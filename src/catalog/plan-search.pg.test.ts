import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock } from '#platform/clock.ts';
import type { CredentialActor } from '#platform/commands/actor.ts';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import { identifiersStatement, stateStatement } from './bulk/plan-scope.ts';
import { groupsStatement } from './group-queries.ts';
import { planSearch, type SearchGroup, searchSetting } from './plan-search.ts';
import { parseSearchRules } from './rules/parse-rules.ts';
import { pageStatement } from './search-entities.ts';
import { sortOrder } from './sort-rules.ts';

const actor: CredentialActor = { kind: 'credential', orgId: 'org_many', id: 'client', name: 'Tests' };
const clock = { now: () => new Date(0) } as Clock;
const entityCount = 100_000;
const document = {
  identifier: 'service',
  title: 'Service',
  schema: {
    properties: { tier: { type: 'number' }, lang: { type: 'string' }, tags: { type: 'array' } },
    required: [],
  },
  mirrorProperties: {},
  calculationProperties: {},
  aggregationProperties: {},
  relations: { system: { target: 'system' }, needs: { target: 'service', many: true } },
} as unknown as BlueprintDocument;

let home: TestDatabase;
beforeAll(async () => {
  home = await createTestDatabase();
  const db = home.database.kysely;
  await sql`insert into organisation (id, name, created_at) values (${actor.orgId}, 'Many', now())`.execute(db);
  await sql`
    insert into blueprint (org_id, identifier, document, created_at, created_by, updated_at, updated_by)
    values (${actor.orgId}, 'service', ${JSON.stringify(document)}::json, now(), '', now(), '')`.execute(db);
  await sql`
    insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
      created_at, created_by, updated_at, updated_by)
    select ${actor.orgId}, 'service', 's' || n, 'Service ' || n, array['team' || n % 2000],
      jsonb_build_object('tier', n % 5000, 'lang', 'lang' || n % 3000, 'tags', jsonb_build_array('tag' || n % 4000)),
      jsonb_build_object('system', 'system' || n % 5000, 'needs', jsonb_build_array('s' || n / 2)),
      '', 1, now(), '', timestamptz '2026-01-01Z' + n * interval '1 second', ''
    from generate_series(1, ${entityCount}::int) as n`.execute(db);
  await sql`
    insert into entity_relation (org_id, blueprint, identifier, relation, target_blueprint, target)
    select ${actor.orgId}, 'service', 's' || n, r.relation, r.blueprint, r.target
    from generate_series(1, ${entityCount}::int) as n
    cross join lateral (values ('system', 'system', 'system' || n % 5000),
      ('needs', 'service', 's' || n / 2)) as r(relation, blueprint, target)`.execute(db);
  // Waiting entries of the indexes and the statistics as they are once a vacuum went by: plans are judged, not its moment.
  await sql`vacuum analyze entity, entity_relation, blueprint`.execute(db);
}, 180_000);
afterAll(async () => home.drop());

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

async function groupOf(rules: readonly object[]): Promise<SearchGroup> {
  const query = parseSearchRules({ combinator: 'and', rules }, '');
  const [group] = planSearch(query, [document], await searchSetting({ db: home.database.kysely, clock }, actor));
  if (group === undefined) throw new Error('Nothing is searched');
  return group;
}

async function planOf(rules: readonly object[], sort = '$identifier'): Promise<readonly PlanNode[]> {
  const page = { sort: sortOrder(document, { property: sort }), after: null, limit: 50 };
  return explained(pageStatement(await groupOf(rules), page));
}

async function explained(statement: RawBuilder<unknown>): Promise<readonly PlanNode[]> {
  const found = await sql<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>`
    explain (analyze, format json) ${statement}`.execute(home.database.kysely);
  const [plan] = found.rows[0]?.['QUERY PLAN'] ?? [];
  if (plan === undefined) throw new Error('There is no plan');
  return nodesOf(plan.Plan);
}

/** Far below the number of entities: what a scan of the table or of an index from end to end would pass over. */
const fewRows = 2_000;

const indexed: readonly (readonly [string, object])[] = [
  ['an identifier', { property: '$identifier', operator: '=', value: 's4711' }],
  ['identifiers', { property: '$identifier', operator: 'in', value: ['s1', 's2', 's99999'] }],
  ['the beginning of an identifier', { property: '$identifier', operator: 'beginsWith', value: 's4711' }],
  ['a text', { property: 'lang', operator: '=', value: 'lang7' }],
  ['one of several texts', { property: 'lang', operator: 'in', value: ['lang7', 'lang8', 'nothing'] }],
  ['a number', { property: 'tier', operator: '=', value: 7 }],
  ['an item of a list', { property: 'tags', operator: 'containsAny', value: ['tag7', 'tag8'] }],
  ['a relation', { property: 'system', operator: '=', value: 'system7' }],
  ['one of many relations', { property: 'needs', operator: 'containsAny', value: ['s7'] }],
  ['a team', { property: '$team', operator: 'containsAny', value: ['team7'] }],
  ['everything around an entity', { operator: 'relatedTo', blueprint: 'service', value: 's40000' }],
  ['a path', { property: { path: ['needs', 'system'] }, operator: 'matchAny', value: ['system7'] }],
  [
    'a path of several hops',
    { property: { path: [{ relation: 'needs', maxHops: 3 }] }, operator: 'matchAny', value: ['s7'] },
  ],
];

test.each(indexed)('%s is answered by an index among 100,000 entities', async (_, rule) => {
  const nodes = await planOf([rule]);
  expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'blueprint')).toEqual([]);
  const passed = nodes.reduce((sum, node) => sum + (node['Rows Removed by Filter'] ?? 0), 0);
  expect(passed).toBeLessThan(fewRows);
  expect(Math.max(...nodes.map((node) => node['Actual Rows']))).toBeLessThan(fewRows);
});

test.each(indexed)('groups, the preview and the batches of a bulk change over %s look at few', async (_, rule) => {
  const group = await groupOf([rule]);
  const grouped = [{ property: 'lang' }, { property: '$team' }, { property: 'system' }].map((by) =>
    groupsStatement(group, { blueprint: document, by, offset: 0, limit: 50 }),
  );
  const scope = [
    stateStatement(group.condition),
    identifiersStatement(group.condition, { after: null, limit: 1_000 }),
    identifiersStatement(group.condition, { after: 's5', limit: 100 }),
  ];
  for (const statement of [...grouped, ...scope]) {
    const nodes = await explained(statement);
    const scans = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'entity');
    expect(scans).toEqual([]);
    expect(nodes.reduce((sum, node) => sum + (node['Rows Removed by Filter'] ?? 0), 0)).toBeLessThan(fewRows);
    expect(Math.max(...nodes.map((node) => node['Actual Rows']))).toBeLessThan(fewRows);
  }
});

test('the batches of a bulk change over everything each read a batch', async () => {
  const { condition } = await groupOf([]);
  const nodes = await explained(identifiersStatement(condition, { after: 's5', limit: 100 }));
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
  expect(Math.max(...nodes.map((node) => node['Actual Rows']))).toBeLessThan(fewRows);
});

test.each(['$identifier', '$title', '$updatedAt'])('a page in the order of %s reads a page', async (sort) => {
  const nodes = await planOf([], sort);
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
  expect(Math.max(...nodes.map((node) => node['Actual Rows']))).toBeLessThan(fewRows);
});
