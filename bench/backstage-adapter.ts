import { once } from 'node:events';
import pg from 'pg';
import { type Program, startProgram } from './program.ts';

/** An entity as Backstage's catalog holds it. */
export interface Descriptor {
  readonly kind: 'Component' | 'Group' | 'System';
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly title: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The entities that every contestant of the comparison is given. */
export interface Yardstick {
  all(components: number): Iterable<Descriptor>;
  component(index: number, components: number, revision?: number): Descriptor;
  componentName(index: number): string;
  mix(index: number): number;
  readonly SEARCH_TERM: string;
}

interface Cluster {
  url(database: string): pg.ClientConfig;
}

interface Question {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Answer = Readonly<Record<string, unknown>>;

const database = 'quayside';
const perCall = 20;
const inFlight = 5;
const entities = '/v1/blueprints/component/entities';

const text = { type: 'string' } as const;
const model = [
  { identifier: 'group', title: 'Group', schema: { properties: { description: text, email: text }, required: [] } },
  {
    identifier: 'system',
    title: 'System',
    schema: { properties: { description: text }, required: [] },
    relations: { owner: { target: 'group', many: false } },
  },
  {
    identifier: 'component',
    title: 'Component',
    schema: {
      properties: {
        description: text,
        labels: { type: 'object' },
        annotations: { type: 'object' },
        tags: { type: 'array', items: text },
        links: { type: 'array' },
        type: { ...text, enum: ['service', 'library', 'website'] },
        lifecycle: { ...text, enum: ['production', 'experimental', 'deprecated'] },
        revision: text,
      },
      required: [],
    },
    relations: { owner: { target: 'group', many: false }, system: { target: 'system', many: false } },
  },
];

/** What a harness that runs Backstage and others by turns asks of a contestant; see README.md. */
export class BackstageAdapter {
  readonly name = 'quayside';
  private program: Program | undefined;
  private client: pg.Client | undefined;
  private readonly yardstick: Yardstick;

  constructor(yardstick: Yardstick) {
    this.yardstick = yardstick;
  }

  async reset(cluster: Cluster): Promise<void> {
    await this.close();
    const server = new pg.Client(cluster.url('postgres'));
    await server.connect();
    await server.query(`drop database if exists ${database} with (force)`);
    await server.query(`create database ${database}`);
    await server.end();
    this.client = new pg.Client(cluster.url(database));
    this.client.on('error', () => undefined);
    await this.client.connect();
  }

  async start({ port, pgPort }: { readonly port: number; readonly pgPort: number }): Promise<number> {
    this.program = await startProgram({
      QUAYSIDE_PORT: String(port),
      DATABASE_URL: `postgres://bench:bench@127.0.0.1:${pgPort}/${database}`,
    });
    for (const blueprint of model) await this.running.call('POST', '/v1/blueprints', blueprint);
    return this.program.startMs;
  }

  async stop(): Promise<void> {
    await this.program?.stop();
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    const ended = once(client, 'end');
    await client.end();
    await ended;
  }

  pid(): number {
    return this.running.pid;
  }

  /** Visible to everyone once written; settled when words find all of it as well. */
  async ingest(components: number): Promise<Readonly<Record<string, number>>> {
    const all = [...this.yardstick.all(components)];
    const begun = performance.now();
    for (const kind of ['Group', 'System', 'Component'] as const) {
      await this.write(all.filter((item) => item.kind === kind));
    }
    const applyMs = performance.now() - begun;
    const found = async () =>
      this.client?.query<{ count: string }>('select count(*) as count from entity_words').then(({ rows }) => rows[0]);
    while (Number((await found())?.count) < all.length) await new Promise((resolve) => setTimeout(resolve, 50));
    const settledMs = performance.now() - begun;
    return { total: all.length, applyMs, processedMs: applyMs, settledMs };
  }

  async delta(components: number, items: readonly (readonly [index: number, revision: number])[]): Promise<void> {
    await this.write(items.map(([index, revision]) => this.yardstick.component(index, components, revision)));
  }

  revisionOf(body: { readonly entity: { readonly properties: Answer } }): unknown {
    return body.entity.properties['revision'];
  }

  urls(components: number): Readonly<Record<string, (index: number) => Question>> {
    const { componentName, mix, SEARCH_TERM } = this.yardstick;
    const services = { combinator: 'and', rules: [{ property: 'type', operator: '=', value: 'service' }] };
    const facets = '/api/v1/blueprints/component/facets';
    return {
      byName: (index) => this.question('GET', `${entities}/${componentName(mix(index) % components)}`),
      one: (index) => this.question('GET', `${entities}/${componentName(index)}`),
      page: () => this.question('POST', `${entities}/search`, { limit: 50, query: services }),
      facets: () => this.question('POST', facets, { fields: ['lifecycle'] }),
      facetsFiltered: () => this.question('POST', facets, { fields: ['lifecycle'], query: services }),
      search: () => this.question('GET', `/api/v1/search?q=${SEARCH_TERM}&limit=50`),
    };
  }

  async check(components: number): Promise<Answer> {
    const questions = this.urls(components);
    const one = await this.answer(questions['one']?.(1));
    const page = await this.answer(questions['page']?.(0));
    const { entity } = one as { readonly entity: { readonly relations: Answer } };
    return {
      relationsOfOne: Object.keys(entity.relations).length,
      entityBytes: JSON.stringify(entity).length,
      pageItems: (page['entities'] as readonly unknown[]).length,
      facets: (await this.answer(questions['facets']?.(0)))['facets'],
      search: Object.keys(await this.answer(questions['search']?.(0))),
    };
  }

  async storage(): Promise<Readonly<Record<string, number>>> {
    await this.client?.query('vacuum analyze');
    const size = await this.client?.query<{ size: string }>('select pg_database_size(current_database()) as size');
    return { dbBytes: Number(size?.rows[0]?.size) };
  }

  versions(): Answer {
    return {};
  }

  private get running(): Program {
    if (this.program === undefined) throw new Error('Not started.');
    return this.program;
  }

  private question(method: Question['method'], path: string, body?: unknown): Question {
    const headers = { authorization: `Bearer ${this.running.token}` };
    const url = `${this.running.url}${path}`;
    if (body === undefined) return { url, method, headers };
    return { url, method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  private async answer(question: Question | undefined): Promise<Answer> {
    if (question === undefined) throw new Error('No such question.');
    return (await (await fetch(question.url, question)).json()) as Answer;
  }

  private async write(descriptors: readonly Descriptor[]): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < descriptors.length) {
        const batch = descriptors.slice(next, next + perCall);
        next += perCall;
        const path = `/v1/blueprints/${batch[0]?.kind.toLowerCase()}/entities/bulk?upsert=true`;
        const answer = await this.running.call('POST', path, { entities: batch.map(entityOf) });
        if (answer.status !== 200) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  }
}

function entityOf({ kind, metadata, spec }: Descriptor): Answer {
  const { name, title, description } = metadata;
  const relations = Object.fromEntries(
    ['owner', 'system'].filter((key) => typeof spec[key] === 'string').map((key) => [key, nameIn(String(spec[key]))]),
  );
  if (kind === 'Group') return { identifier: name, title, properties: { description } };
  if (kind === 'System') return { identifier: name, title, properties: { description }, relations };
  const { labels, annotations, tags, links } = metadata;
  const { type, lifecycle } = spec;
  const revision = (annotations as Answer)['bench.example.test/revision'];
  return {
    identifier: name,
    title,
    properties: { description, labels, annotations, tags, links, type, lifecycle, revision },
    relations,
  };
}

/** `group:default/team-1` is `team-1`. */
function nameIn(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1);
}
