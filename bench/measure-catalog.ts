import { Agent, get } from 'node:http';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { catalogBlueprint, fillCatalog } from './fill-catalog.ts';
import { type Figure, median } from './figures.ts';
import { type Program, startProgram } from './program.ts';
import { fillReadFloor, type ReadFloor, startReadFloor } from './read-floor.ts';

const sizes = [1_000, 50_000, 100_000] as const;
const repeats = 60;
const warmUp = 10;

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
  await program.call('POST', '/v1/blueprints', catalogBlueprint);
  const found: Latencies[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fillCatalog(database.product, filled, size);
    filled = size;
    found.push(await latencies(questions(program)));
  }
  const [few, half, many] = found;
  return [...compared(few ?? {}, many ?? {}), facetsOf(half ?? {}), ...(await besideFloor(database, program))];
}

function compared(few: Latencies, many: Latencies): readonly Figure[] {
  return Object.keys(many).flatMap((name): Figure[] => {
    const [small, large] = [few[name] ?? 0, many[name] ?? 0];
    const grows = name.startsWith('page') || name.startsWith('entity');
    return [
      { name: `${name}, 100,000 entities, p50`, value: large, unit: 'ms', note: `${small.toPrecision(3)} ms at 1,000` },
      ...(grows
        ? [{ name: `${name}, growth`, value: large / small, unit: '×' as const, promise: { atMost: 1.3 } }]
        : []),
    ];
  });
}

function facetsOf(half: Latencies): Figure {
  const value = half['facets of one field'] ?? 0;
  return { name: 'facets with counts, 50,000 entities, p50', value, unit: 'ms', promise: { atMost: 60 } };
}

/** By turns, so that both have the same machine. */
async function besideFloor(database: BenchDatabase, program: Program): Promise<readonly Figure[]> {
  await fillReadFloor(database.product, database.floor);
  const floor = await startReadFloor(database.floor);
  const ratios: { one: number[]; page: number[] } = { one: [], page: [] };
  try {
    const bare = bareQuestions(floor);
    const ours = questions(program);
    const timed = async (ask: Question): Promise<number> => (await latencies({ ask }))['ask'] ?? 0;
    for (let round = 0; round < 6; round += 1) {
      ratios.one.push((await timed(ours['entity by id'])) / (await timed(bare.one)));
      ratios.page.push((await timed(ours['page of 50'])) / (await timed(bare.page)));
    }
  } finally {
    bareAgent.destroy();
    await floor.stop();
  }
  const promise = { atMost: 1.5 };
  const note = 'one statement on finished JSON behind node:http; median of 6 pairs';
  return [
    { name: 'entity by id, beside bare SQL and HTTP', value: median(ratios.one), unit: '×', promise, note },
    { name: 'page of 50, beside bare SQL and HTTP', value: median(ratios.page), unit: '×', promise, note },
  ];
}

type Question = () => Promise<unknown>;

const bareAgent = new Agent({ keepAlive: true });

function bareQuestions({ url }: ReadFloor): { readonly one: Question; readonly page: Question } {
  const ask = async (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      get(`${url}${path}`, { agent: bareAgent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve(JSON.parse(text)));
      }).on('error', reject);
    });
  return { one: async () => ask('/one/service-777'), page: async () => ask('/page') };
}

const search = '/v1/blueprints/service/entities/search';
const rule = (property: string, value: unknown) => ({
  combinator: 'and',
  rules: [{ property, operator: '=', value }],
});

function questions({ call }: Program) {
  const table = '/api/v1/blueprints/service';
  return {
    'entity by id': async () => call('GET', '/v1/blueprints/service/entities/service-777'),
    'page of 50': async () => call('POST', search, { limit: 50 }),
    'page of 50 by title': async () => call('POST', search, { limit: 50, sort: { property: '$title' } }),
    'page of 50, filtered': async () => call('POST', search, { limit: 50, query: rule('tags', 'wave-7') }),
    'table rows, far down': async () =>
      call('POST', `${table}/rows`, { offset: 900, limit: 200, sort: { property: '$title' } }),
    'facets of one field': async () => call('POST', `${table}/facets`, { fields: ['lang'] }),
    'words, ranked': async () => call('GET', '/api/v1/search?q=service+777'),
  } satisfies Readonly<Record<string, Question>>;
}

async function latencies(asked: Readonly<Record<string, Question>>): Promise<Latencies> {
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
