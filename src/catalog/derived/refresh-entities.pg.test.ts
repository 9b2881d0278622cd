import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';

let server: CatalogServer;
beforeAll(async () => {
  server = await serveCatalog();
  await server.teams('blue', 'red');
  await defineBlueprints();
});
afterAll(async () => server.close());

const properties = { n: { type: 'number' }, word: { type: 'string' } };
const by = (target: string, calculationSpec: object, rest: object = {}) => ({
  title: 'x',
  target,
  calculationSpec,
  ...rest,
});
const count = { calculationBy: 'entities', func: 'count' };
const sum = (property: string) => ({ calculationBy: 'property', property, func: 'sum' });

/** a → b (one and many), b → c, c → c: chains, fans, both directions, and circles of entities. */
const blueprints = {
  a: {
    schema: { properties },
    relations: { one: { target: 'b' }, some: { target: 'b', many: true } },
    ownership: { type: 'Inherited', path: 'one.up' },
    mirrorProperties: {
      word2: { path: 'one.word' },
      word3: { path: 'one.up.word' },
      words: { path: 'some.word' },
      upName: { path: 'some.up.$title' },
      total: { path: 'one.total' },
    },
    calculationProperties: { sentence: { type: 'string', calculation: '(.properties.word2 // "?") + "-" + .title' } },
    aggregationProperties: { tops: by('c', count) },
  },
  b: {
    schema: { properties },
    relations: { up: { target: 'c' } },
    mirrorProperties: { upTotal: { path: 'up.deep' } },
    calculationProperties: { twice: { type: 'number', calculation: '.properties.total * 2' } },
    aggregationProperties: {
      total: by('a', sum('n')),
      short: by('a', count, {
        query: { combinator: 'and', rules: [{ property: 'word2', operator: '=', value: 'x' }] },
      }),
    },
  },
  c: {
    schema: { properties },
    relations: { parent: { target: 'c' } },
    ownership: { type: 'Direct' },
    aggregationProperties: {
      deep: by('a', sum('n')),
      twices: by('b', sum('n'), { pathFilter: [{ path: ['up'], fromBlueprint: 'b' }] }),
      family: by('c', count),
      biggest: by('a', { calculationBy: 'property', property: 'n', func: 'max' }),
    },
  },
} as const;

/** Relations come first, since they need their target. */
function bare({ schema }: { readonly schema: object }): object {
  return { schema };
}

async function defineBlueprints(): Promise<void> {
  for (const [identifier, definition] of Object.entries(blueprints)) {
    const sent = { identifier, title: identifier, schema: { properties: {} }, ...bare(definition) };
    expect((await server.ask('POST', '/v1/blueprints', sent)).body).toMatchObject({ ok: true });
  }
  for (const [identifier, definition] of Object.entries(blueprints)) {
    expect((await server.ask('PATCH', `/v1/blueprints/${identifier}`, definition)).body).toMatchObject({ ok: true });
  }
}

// What should be there, once more and as simply as possible.

interface Thing {
  readonly identifier: string;
  readonly title: string;
  readonly team: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly relations: Readonly<Record<string, string | readonly string[] | null>>;
}
type World = Readonly<Record<'a' | 'b' | 'c', ReadonlyMap<string, Thing>>>;
const targets = { a: { one: 'b', some: 'b' }, b: { up: 'c' }, c: { parent: 'c' } } as const;

function pointed(thing: Thing | undefined, relation: string): readonly string[] {
  const value = thing?.relations[relation] ?? [];
  return typeof value === 'string' ? [value] : value;
}

type Node = readonly ['a' | 'b' | 'c', string];

function neighbours(world: World, [kind, id]: Node, direction: 'up' | 'down'): readonly Node[] {
  if (direction === 'up') {
    return Object.entries(targets[kind]).flatMap(([relation, target]) =>
      pointed(world[kind].get(id), relation).map((to): Node => [target as 'b', to]),
    );
  }
  return (['a', 'b', 'c'] as const).flatMap((source) =>
    [...world[source].values()].flatMap((thing) =>
      Object.entries(targets[source])
        .filter(([relation, target]) => target === kind && pointed(thing, relation).includes(id))
        .map((): Node => [source, thing.identifier]),
    ),
  );
}

function related(world: World, owner: Node, target: 'a' | 'b' | 'c'): readonly Thing[] {
  const found = new Map<string, Thing>();
  for (const direction of ['up', 'down'] as const) {
    const seen = new Set<string>();
    const open = [...neighbours(world, owner, direction)];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at.join())) continue;
      seen.add(at.join());
      const thing = world[at[0]].get(at[1]);
      if (at[0] === target && thing !== undefined && at.join() !== owner.join()) found.set(at[1], thing);
      open.push(...neighbours(world, at, direction));
    }
  }
  return [...found.values()];
}

const numbers = (things: readonly Thing[]): readonly number[] =>
  things.map((thing) => thing.properties['n']).filter((n) => typeof n === 'number');
const total = (things: readonly Thing[]): number => numbers(things).reduce((left, right) => left + right, 0);

function expected(world: World, kind: 'a' | 'b' | 'c', thing: Thing): Readonly<Record<string, unknown>> {
  const { identifier: id } = thing;
  if (kind === 'c') {
    const children = neighbours(world, ['c', id], 'down').filter(([source]) => source === 'b');
    return {
      deep: total(related(world, ['c', id], 'a')),
      twices: total(children.flatMap(([, child]) => world.b.get(child) ?? [])),
      family: related(world, ['c', id], 'c').length,
      biggest: numbers(related(world, ['c', id], 'a')).toSorted((x, y) => y - x)[0],
    };
  }
  if (kind === 'b') {
    const sums = total(related(world, ['b', id], 'a'));
    const c = world.c.get(pointed(thing, 'up')[0] ?? '');
    const short = related(world, ['b', id], 'a').filter((a) => wordOfOne(world, a) === 'x').length;
    return { total: sums, twice: sums * 2, short, upTotal: c && total(related(world, ['c', c.identifier], 'a')) };
  }
  const one = world.b.get(pointed(thing, 'one')[0] ?? '');
  const up = world.c.get(pointed(one, 'up')[0] ?? '');
  const some = pointed(thing, 'some').map((b) => world.b.get(b));
  const word2 = wordOfOne(world, thing);
  return {
    word2,
    word3: up?.properties['word'],
    words: some.flatMap((b) => b?.properties['word'] ?? []),
    upName: [...new Set(some.flatMap((b) => pointed(b, 'up')))].map((c) => world.c.get(c)?.title),
    total: one && total(related(world, ['b', one.identifier], 'a')),
    sentence: `${word2 ?? '?'}-${thing.title}`,
    tops: related(world, ['a', id], 'c').length,
  };
}

function wordOfOne(world: World, a: Thing): string | undefined {
  return world.b.get(pointed(a, 'one')[0] ?? '')?.properties['word'] as string | undefined;
}

// What people do, at random.

const ids = ['1', '2', '3', '4'] as const;
const id = fc.constantFrom(...ids);
const kind = fc.constantFrom('a' as const, 'b' as const, 'c' as const);
const body = fc.record(
  {
    title: fc.constantFrom('T', 'U', null),
    properties: fc.record(
      { n: fc.constantFrom(1, 2, 5, null), word: fc.constantFrom('x', 'y', null) },
      { requiredKeys: [] },
    ),
    to: fc.option(id),
    some: fc.uniqueArray(id, { maxLength: 3 }),
    team: fc.constantFrom(['red'], ['blue', 'red'], []),
  },
  { requiredKeys: [] },
);
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), kind, id, body, merge: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), kind, id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), kind, id, to: id }) },
  { weight: 1, arbitrary: fc.constant({ do: 'settle' as const }) },
);

let settling: Promise<void> = Promise.resolve();

/** One after the other, as a cursor is moved by one process at a time; beside writes all the same. */
async function settle(): Promise<void> {
  settling = settling.then(server.settle);
  await settling;
}

type Step = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(step: Step): Promise<void> {
  if (step.do === 'settle') return settle();
  const path = `/v1/blueprints/${step.kind}/entities`;
  if (step.do === 'delete') await server.ask('DELETE', `${path}/${step.id}`);
  else if (step.do === 'rename') await server.ask('PATCH', `${path}/${step.id}`, { identifier: step.to });
  else {
    const { to, some, team, ...rest } = step.body;
    const single = { a: 'one', b: 'up', c: 'parent' }[step.kind];
    const relations = {
      ...(to === undefined ? {} : { [single]: to }),
      ...(step.kind === 'a' && some !== undefined ? { some } : {}),
    };
    const own = step.kind === 'c' && team !== undefined ? { team } : {};
    // Refused where a target is not there, which leaves everything as it was.
    await server.ask('POST', `${path}?upsert=true&merge=${step.merge}`, {
      identifier: step.id,
      ...rest,
      ...own,
      relations,
    });
  }
}

/** Four of each kind, pointing at random. */
async function startOver(to: readonly string[]): Promise<void> {
  for (const name of ['a', 'b', 'c'] as const) {
    const identifiers = [...(await read(name)).keys()];
    if (identifiers.length === 0) continue;
    await server.ask('POST', `/v1/blueprints/${name}/bulk/entities/delete`, { entities: identifiers });
  }
  const things = (relations: (at: number) => object) =>
    ids.map((identifier, at) => ({ identifier, properties: { n: at + 1, word: 'x' }, relations: relations(at) }));
  const kinds = {
    c: things(() => ({})),
    b: things((at) => ({ up: to[at] })),
    a: things((at) => ({ one: to[at + 4], some: [...new Set([to[at + 8], '2'])] })),
  };
  for (const [name, entities] of Object.entries(kinds)) {
    const answer = await server.ask('POST', `/v1/blueprints/${name}/entities/bulk`, { entities });
    expect(answer.status).toBe(200);
  }
}

async function read(name: string): Promise<ReadonlyMap<string, Thing>> {
  const { body: answer } = await server.ask('GET', `/v1/blueprints/${name}/entities`);
  return new Map((answer['entities'] as Thing[]).map((thing) => [thing.identifier, thing]));
}

test.each([1, 5])(
  'after random writes, %i at once, everything is as if computed from scratch',
  async (together) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(id, { minLength: 12, maxLength: 12 }),
        fc.array(action, { maxLength: 25 }),
        async (start, steps) => {
          await startOver(start);
          // Some at once: whatever order they take, the outcome must fit together.
          for (let at = 0; at < steps.length; at += together) {
            await Promise.all(steps.slice(at, at + together).map(perform));
          }
          await server.settle();
          const world: World = { a: await read('a'), b: await read('b'), c: await read('c') };
          for (const name of ['a', 'b', 'c'] as const) {
            for (const thing of world[name].values()) {
              const own = Object.fromEntries(Object.entries(thing.properties).filter(([key]) => key in properties));
              const should = { ...own, ...expected(world, name, thing) };
              const present = Object.entries(should).filter(([, value]) => value !== undefined && value !== null);
              expect({ of: `${name}/${thing.identifier}`, ...thing.properties }).toEqual({
                of: `${name}/${thing.identifier}`,
                ...Object.fromEntries(present),
              });
              if (name !== 'a') continue;
              const owner = world.c.get(pointed(world.b.get(pointed(thing, 'one')[0] ?? ''), 'up')[0] ?? '');
              expect(thing.team).toEqual(owner?.team ?? []);
            }
          }
          expect(await server.eventsOf(server.settle)).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  },
  300_000,
);
