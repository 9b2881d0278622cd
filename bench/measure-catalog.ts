import { deepStrictEqual } from 'node:assert';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { catalogBlueprint, fillCatalog } from './fill-catalog.ts';
import { type Figure, median } from './figures.ts';
import { type Caller, openCaller, type Program, startProgram } from './program.ts';
import { finishDocuments, startReadFloor } from './read-floor.ts';

const few = 1_000;
const half = 50_000;
const many = 100_000;
const rounds = 6;
const perRound = 30;
const warmUp = 40;
/** Of one comparison: on a busy machine there are fewer rounds. */
const comparisonMs = 6_000;

/**
 * A page, an entity, a write, facets and a search for words among 1,000 and among 100,000 entities: two programs, each
 * with its database, asked by turns, so that both have the same machine.
 */
export async function measureCatalog(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  const programs: Program[] = [];
  try {
    for (const connection of [database.floor, database.product]) {
      const program = await startProgram({ DATABASE_URL: connection });
      programs.push(program);
      await program.call('POST', '/v1/blueprints', catalogBlueprint);
    }
    const [small, large] = programs as [Program, Program];
    await fillCatalog(database.floor, 0, few);
    await fillCatalog(database.product, 0, half);
    const facets = await facetsAmong(large);
    await fillCatalog(database.product, half, many);
    return [facets, ...(await grown(small, large)), ...(await besideFloor(database, large))];
  } finally {
    for (const program of programs) await program.stop();
    await database.stop();
  }
}

type Question = () => Promise<unknown>;
type Call = Program['call'];

const searchPath = '/v1/blueprints/service/entities/search';
const tablePath = '/api/v1/blueprints/service';
const byTitle = { property: '$title' };
/** A sixth of all: a page of as many entities among 1,000 and among 100,000. */
const inGo = { combinator: 'and', rules: [{ property: 'lang', operator: '=', value: 'Go' }] };
/** A three-hundredth of all: four entities among 1,000, 334 among 100,000. */
const wave = { combinator: 'and', rules: [{ property: 'tags', operator: '=', value: 'wave-7' }] };

async function facetsAmong({ call }: Program): Promise<Figure> {
  const [value] = await byTurns([facetsOf(call)]);
  return { name: `facets with counts, 50,000 entities, p50`, value, unit: 'ms', promise: { atMost: 60 } };
}

function facetsOf(call: Call): Question {
  return async () => call('POST', `${tablePath}/facets`, { fields: ['lang'] });
}

function groupsOf(call: Call): Question {
  return async () => call('POST', `${tablePath}/groups`, { by: { property: 'lang' } });
}

function questions(call: Call): Readonly<Record<string, Question>> {
  let written = 0;
  const entity = (offset: number): object => ({
    identifier: `service-${100 + ((written * 7 + offset) % 800)}`,
    properties: { tier: written },
  });
  const write = async (path: string, body: object): Promise<void> => {
    written += 1;
    const { status } = await call('POST', `/v1/blueprints/service/entities${path}?upsert=true&merge=true`, body);
    if (status !== 200 && status !== 201) throw new Error(`A write was answered ${status}.`);
  };
  return {
    'entity by id': async () => call('GET', '/v1/blueprints/service/entities/service-777'),
    'page of 50': async () => call('POST', searchPath, { limit: 50 }),
    'page of 50 by title': async () => call('POST', searchPath, { limit: 50, sort: byTitle }),
    'page of 50, filtered, by title': async () => call('POST', searchPath, { limit: 50, query: inGo, sort: byTitle }),
    'write of one entity': async () => write('', entity(0)),
    'write of 20 entities': async () =>
      write('/bulk', { entities: Array.from({ length: 20 }, (_, offset) => entity(offset)) }),
  };
}

/** Those that look at more where there is more. */
function wider(call: Call): Readonly<Record<string, Question>> {
  return {
    'page of 50 by a property': async () => call('POST', searchPath, { limit: 50, sort: { property: 'tier' } }),
    'page of up to 50 of one in 300, by title': async () =>
      call('POST', searchPath, { limit: 50, query: wave, sort: byTitle }),
    'table rows, 900 down': async () => call('POST', `${tablePath}/rows`, { offset: 900, limit: 200, sort: byTitle }),
    'groups without a rule': groupsOf(call),
    'facets of one field': facetsOf(call),
    'words, ranked': async () => call('GET', '/api/v1/search?q=service+777'),
  };
}

async function grown(small: Program, large: Program): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [kind, promise] of [
    [questions, { atMost: 1.3 }],
    [wider, undefined],
  ] as const) {
    const [asked, askedOfMany] = [kind(small.call), kind(large.call)];
    for (const [name, ask] of Object.entries(asked)) {
      const askMany = askedOfMany[name] ?? ask;
      const { times, ratio } = await compared(askMany, ask);
      const note = `${times[1].toPrecision(3)} ms at 1,000`;
      figures.push({ name: `${name}, 100,000 entities, p50`, value: times[0], unit: 'ms', note });
      if (promise !== undefined) {
        const told = `of p50, median of ${rounds} pairs by turns`;
        figures.push({ name: `${name}, growth`, value: ratio, unit: '×', promise, note: told });
      }
    }
  }
  return figures;
}

/** By turns, and only where both answer with the same. */
async function besideFloor(database: BenchDatabase, program: Program): Promise<readonly Figure[]> {
  await finishDocuments(database.product);
  const floor = await startReadFloor(database.product);
  const bare = openCaller(floor.url);
  const { call } = program;
  const filtered = { limit: 50, query: wave, sort: byTitle };
  const one = async (): ReturnType<Call> => call('GET', '/v1/blueprints/service/entities/service-777');
  const page = async (): ReturnType<Call> => call('POST', searchPath, { limit: 50 });
  const narrow = async (): ReturnType<Call> => call('POST', searchPath, filtered);
  try {
    return [
      await beside('entity by id', one, async () => bare.call('GET', '/one/service-777')),
      await beside('page of 50', page, async () => bare.call('POST', '/page', { limit: 50 })),
      await beside('page of 50, filtered and ordered', narrow, async () => bare.call('POST', '/filtered', filtered)),
      ...(await besideWhole(bare, call)),
      ...(await besideFinished(bare, { one, page })),
    ];
  } finally {
    bare.close();
    await floor.stop();
  }
}

/** What has to look at every entity of the blueprint, beside the least statement that does. */
async function besideWhole(bare: Caller, call: Call): Promise<readonly Figure[]> {
  const bySize = { limit: 50, sort: { property: 'tier' } };
  const sorted = async (): Promise<unknown> => call('POST', searchPath, bySize);
  const groups = await compared(groupsOf(call), async () => bare.call('GET', '/groups'));
  const page = await compared(sorted, async () => bare.call('GET', '/by-property'));
  const told = ([ours, theirs]: readonly [number, number]): string =>
    `${ours.toPrecision(3)} ms beside ${theirs.toPrecision(3)} ms: one statement over all rows, a bare fastify reply`;
  return [
    { name: 'groups without a rule, beside bare SQL', value: groups.ratio, unit: '×', note: told(groups.times) },
    { name: 'page of 50 by a property, beside bare SQL', value: page.ratio, unit: '×', note: told(page.times) },
  ];
}

async function besideFinished(
  bare: Caller,
  ours: { readonly one: Question; readonly page: Question },
): Promise<readonly Figure[]> {
  const note = 'one statement on a table of finished JSON and a bare fastify reply';
  const one = await compared(ours.one, async () => bare.call('GET', '/finished/one/service-777'));
  const page = await compared(ours.page, async () => bare.call('POST', '/finished/page', { limit: 50 }));
  return [
    { name: 'entity by id, beside finished texts', value: one.ratio, unit: '×', note },
    { name: 'page of 50, beside finished texts', value: page.ratio, unit: '×', note },
  ];
}

async function beside(name: string, ours: () => ReturnType<Call>, bare: () => ReturnType<Call>): Promise<Figure> {
  const [answer, least] = [(await ours()).body, (await bare()).body];
  deepStrictEqual({ ...answer, next: undefined }, { ...least, next: undefined });
  const { times, ratio } = await compared(ours, bare);
  return {
    name: `${name}, beside bare SQL and HTTP`,
    value: ratio,
    unit: '×',
    promise: { atMost: 1.5 },
    note: `${times[0].toPrecision(3)} ms beside ${times[1].toPrecision(3)} ms: bare SQL on one connection, a bare fastify reply`,
  };
}

/** Medians of both over all rounds, and the median of the rounds' ratios: a busy moment spoils one round. */
async function compared(
  first: Question,
  second: Question,
): Promise<{ readonly times: readonly [number, number]; readonly ratio: number }> {
  const found: [number, number][] = [];
  const ends = performance.now() + comparisonMs;
  await byTurns([first, second], warmUp, ends - comparisonMs / 2);
  for (let round = 0; round < rounds && (round === 0 || performance.now() < ends); round += 1) {
    found.push(await byTurns([first, second], perRound, ends));
  }
  return {
    times: [median(found.map(([value]) => value)), median(found.map(([, value]) => value))],
    ratio: median(found.map(([one, two]) => one / two)),
  };
}

/** The median time of each question, asked one after the other again and again. */
async function byTurns<const Asked extends readonly Question[]>(
  asked: Asked,
  times = perRound,
  ends = Infinity,
): Promise<{ -readonly [Index in keyof Asked]: number }> {
  const taken = asked.map((): number[] => []);
  for (let turn = 0; turn < times && (turn === 0 || performance.now() < ends); turn += 1) {
    for (const [index, ask] of asked.entries()) {
      const begun = performance.now();
      await ask();
      taken[index]?.push(performance.now() - begun);
    }
  }
  return taken.map(median) as { -readonly [Index in keyof Asked]: number };
}
