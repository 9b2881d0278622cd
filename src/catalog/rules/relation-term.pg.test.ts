import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/test-database.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { bindRules } from './bind-rules.ts';
import { compileRules } from './compile-rules.ts';
import { parseSearchRules } from './parse-rules.ts';

// Two blueprints whose relations cross: `a` and `b` point at their own kind and at the other.
const relations = {
  a: { own: { target: 'a', many: true }, over: { target: 'b', required: true } },
  b: { own: { target: 'b', many: true, required: true }, back: { target: 'a', many: true } },
} as const;
type Kind = keyof typeof relations;

interface Edge {
  readonly kind: Kind;
  readonly from: string;
  readonly relation: string;
  readonly to: string;
}
interface Node {
  readonly kind: Kind;
  readonly identifier: string;
}

const targetOf = (kind: Kind, relation: string): Kind =>
  (relations[kind] as Readonly<Record<string, { readonly target: Kind }>>)[relation]?.target ?? kind;
const isRequired = ({ kind, relation }: Edge): boolean =>
  (relations[kind] as Readonly<Record<string, { readonly required?: boolean }>>)[relation]?.required === true;

let home: TestDatabase;
beforeAll(async () => {
  home = await createTestDatabase();
});
afterAll(async () => home.drop());

const names = ['1', '2', '3', '4', '5'];
const nodes: readonly Node[] = (['a', 'b'] as const).flatMap((kind) =>
  names.map((identifier) => ({ kind, identifier })),
);
const shown = (node: Node): string => `${node.kind}/${node.identifier}`;

let stored = 0;
async function store(edges: readonly Edge[]): Promise<string> {
  stored += 1;
  const orgId = `org_${stored}`;
  const db = home.database.kysely;
  await sql`insert into organisation (id, name, created_at) values (${orgId}, ${orgId}, now())`.execute(db);
  for (const kind of ['a', 'b'] as const) {
    await sql`
      insert into blueprint (org_id, identifier, document, created_at, created_by, updated_at, updated_by)
      values (${orgId}, ${kind}, ${JSON.stringify({ relations: relations[kind] })}::json, now(), '', now(), '')`.execute(
      db,
    );
  }
  await sql`
    insert into entity (org_id, blueprint, identifier, title, team, properties, relations, datasource, version,
      created_at, created_by, updated_at, updated_by)
    select ${orgId}, n.kind, n.identifier, n.identifier, '{}', '{}', '{}', '', 1, now(), '', now(), ''
    from jsonb_to_recordset(${JSON.stringify(nodes)}::jsonb) as n(kind text, identifier text)`.execute(db);
  const rows = edges.map((edge) => ({ ...edge, target: targetOf(edge.kind, edge.relation) }));
  await sql`
    insert into entity_relation (org_id, blueprint, identifier, relation, target_blueprint, target)
    select ${orgId}, r.kind, r."from", r.relation, r.target, r."to"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(kind text, "from" text, relation text, target text, "to" text)
    on conflict do nothing`.execute(db);
  return orgId;
}

/** What a rule finds among the entities of one blueprint, or of both. */
async function select(orgId: string, rule: object, kinds: readonly Kind[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const kind of kinds) {
    const document = {
      identifier: kind,
      schema: { properties: {} },
      relations: relations[kind],
    } as unknown as BlueprintDocument;
    const bound = bindRules(parseSearchRules({ combinator: 'and', rules: [rule] }, ''), document, 'search');
    const condition = compileRules(bound, { dialect: 'search', orgId, now: new Date(0) });
    const rows = await sql<Node>`
      select e.blueprint as kind, e.identifier from entity e
      where e.org_id = ${orgId} and e.blueprint = ${kind} and ${condition}`.execute(home.database.kysely);
    found.push(...rows.rows.map(shown));
  }
  return found.toSorted();
}

// The same in memory.

function step(from: ReadonlySet<string>, edges: readonly Edge[], reverse: boolean): Set<string> {
  const found = new Set<string>();
  for (const edge of edges) {
    const source = `${edge.kind}/${edge.from}`;
    const target = `${targetOf(edge.kind, edge.relation)}/${edge.to}`;
    if (from.has(reverse ? target : source)) found.add(reverse ? source : target);
  }
  return found;
}

function closure(from: ReadonlySet<string>, edges: readonly Edge[], reverse: boolean): Set<string> {
  const found = step(from, edges, reverse);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of step(found, edges, reverse)) found.add(one);
  }
  return found;
}

function related(edges: readonly Edge[], rule: RelatedRule): readonly string[] {
  const { value, direction, required } = rule;
  const given = new Set([value].flat().map((identifier) => `${rule.blueprint}/${identifier}`));
  const counted = edges.filter((edge) => required === undefined || isRequired(edge) === required);
  const sides = direction === undefined ? [true, false] : [direction === 'downstream'];
  const found = sides.flatMap((reverse) => [...closure(given, counted, reverse)]);
  return [...new Set(found)].filter((one) => !given.has(one)).toSorted();
}

function walk(from: ReadonlySet<string>, steps: readonly Step[], edges: readonly Edge[]): ReadonlySet<string> {
  let at = from;
  for (const one of steps) {
    const { relation, maxHops } = typeof one === 'string' ? { relation: one, maxHops: 1 } : one;
    const own = edges.filter((edge) => edge.relation === relation);
    const met = new Set<string>();
    let last = at;
    for (let hop = 0; hop < maxHops; hop += 1) {
      last = step(last, own, false);
      for (const item of last) met.add(item);
    }
    at = met;
  }
  return at;
}

interface RelatedRule {
  readonly operator: 'relatedTo';
  readonly blueprint: Kind;
  readonly value: string | readonly string[];
  readonly direction?: 'upstream' | 'downstream';
  readonly required?: boolean;
}
type Step = string | { readonly relation: string; readonly maxHops: number };

const name = fc.constantFrom(...names);
const value = fc.oneof(name, fc.array(name, { maxLength: 3 }));
const edges: fc.Arbitrary<readonly Edge[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant<Kind>('a'), from: name, relation: fc.constantFrom('own', 'over'), to: name }),
    fc.record({ kind: fc.constant<Kind>('b'), from: name, relation: fc.constantFrom('own', 'back'), to: name }),
  ),
  { maxLength: 14 },
);

it('relatedTo finds what a walk in memory finds, cycles included', async () => {
  const rule = fc.record(
    {
      operator: fc.constant('relatedTo' as const),
      blueprint: fc.constantFrom<Kind>('a', 'b'),
      value,
      direction: fc.constantFrom('upstream' as const, 'downstream' as const),
      required: fc.boolean(),
    },
    { requiredKeys: ['operator', 'blueprint', 'value'] },
  );
  await fc.assert(
    fc.asyncProperty(edges, rule, async (drawn, asked) => {
      const orgId = await store(drawn);
      expect(await select(orgId, asked, ['a', 'b'])).toEqual(related(drawn, asked as RelatedRule));
    }),
    { numRuns: 60 },
  );
});

const fixed = fc.constantFrom('own', 'over', 'back');
const path: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fixed, { maxLength: 2 }),
    fc.option(fc.record({ relation: fixed, maxHops: fc.integer({ min: 1, max: 4 }) }), { nil: undefined }),
    fc.array(fixed, { maxLength: 2 }),
  )
  .map(([before, hops, after]) => [...before, ...(hops === undefined ? [] : [hops]), ...after])
  .filter((steps) => steps.length > 0);

it('matchAny finds the entities whose walk meets one that is named', async () => {
  await fc.assert(
    fc.asyncProperty(edges, path, value, async (drawn, steps, wanted) => {
      const orgId = await store(drawn);
      const identifiers = new Set([wanted].flat());
      const expected = nodes
        .filter((node) => {
          const met = walk(new Set([shown(node)]), steps, drawn);
          return [...met].some((one) => identifiers.has(one.slice(2)));
        })
        .map(shown);
      const rule = { property: { path: steps }, operator: 'matchAny', value: wanted };
      expect(await select(orgId, rule, ['a', 'b'])).toEqual(expected.toSorted());
    }),
    { numRuns: 60 },
  );
});

it('matchAny with fromBlueprint finds what the walk from there reaches', async () => {
  await fc.assert(
    fc.asyncProperty(edges, path, value, fc.constantFrom<Kind>('a', 'b'), async (drawn, steps, given, from) => {
      const orgId = await store(drawn);
      const start = new Set([given].flat().map((identifier) => `${from}/${identifier}`));
      const expected = [...walk(start, steps, drawn)];
      const rule = { property: { path: steps, fromBlueprint: from }, operator: 'matchAny', value: given };
      expect(await select(orgId, rule, ['a', 'b'])).toEqual(expected.toSorted());
    }),
    { numRuns: 60 },
  );
});
