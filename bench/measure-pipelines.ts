import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { type Figure, median, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';
import { scratchFolder } from './scratch-folder.ts';

const inFlight = 8;
/** Started for so long, or until there are so many. */
const startMs = 20_000;
const executions = 1_000;
const waitingForJudgment = 1_000;
const openAtRestart = 10_000;
const restSlices = 9;
const sliceMs = 5_000;
/** Of each wait; a part that takes longer is given up and the others are measured. */
const patienceMs = 30_000;

/** Pipelines: ten local stages in a row, judgments that wait, and a restart in the middle of it all. */
export async function measurePipelines(): Promise<readonly Figure[]> {
  const database = await startBenchDatabase();
  const folder = await scratchFolder();
  const bench = new Bench(database, folder);
  try {
    await bench.open();
    const figures: Figure[] = [];
    for (const part of [throughput, restCost, restart]) {
      try {
        figures.push(...(await part(bench)));
      } catch (error) {
        console.error(`Given up: ${part.name}: ${String(error)}`);
      }
    }
    return figures;
  } finally {
    await bench.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program and, beside it, a look into its database. */
class Bench {
  readonly sql: pg.Client;
  program!: Program;
  readonly #folder: string;
  readonly #connectionString: string;

  constructor(database: BenchDatabase, folder: string) {
    this.#folder = folder;
    this.#connectionString = database.product;
    this.sql = new pg.Client({ connectionString: database.product });
  }

  async open(): Promise<void> {
    await this.start();
    await this.sql.connect();
  }

  async start(): Promise<void> {
    this.program = await startProgram({ DATABASE_URL: this.#connectionString, QUAYSIDE_DATA_DIR: this.#folder });
  }

  async close(): Promise<void> {
    await this.sql.end();
    await this.program.stop();
  }

  async save(name: string, stages: readonly object[]): Promise<string> {
    const body = { application: 'bench', name, stages };
    const answer = await this.program.call('POST', '/api/v1/pipelines', body);
    if (answer.status !== 201) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return (answer.body['pipeline'] as { id: string }).id;
  }

  /** Answers how many milliseconds each start took; fewer than asked for when there is no time for all. */
  async startMany(pipeline: string, count: number, withinMs = patienceMs): Promise<readonly number[]> {
    const taken: number[] = [];
    const latest = performance.now() + withinMs;
    let left = count;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (left > 0 && performance.now() < latest) {
          left -= 1;
          const begun = performance.now();
          const { status, body } = await this.program.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {});
          if (status !== 201) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
          taken.push(performance.now() - begun);
        }
      }),
    );
    return taken;
  }

  async number(query: string): Promise<number> {
    const found = await this.sql.query<{ number: string }>(query);
    return Number(found.rows[0]?.number ?? Number.NaN);
  }

  async until(query: string, wanted: number): Promise<void> {
    const begun = performance.now();
    while ((await this.number(query)) !== wanted) {
      if (performance.now() - begun > patienceMs) throw new Error(`Not ${wanted}: ${query}`);
      await wait(100);
    }
  }

  /** Readers have seen every event, and nothing that is due is left to do. */
  async settled(): Promise<void> {
    await this.until(
      `select coalesce(sum(counter.last - cursor.number), 0) as number
       from reader_cursor cursor join event_counter counter using (org_id)`,
      0,
    );
    await this.until(`select count(*) as number from job.job where state < 'completed' and start_after <= now()`, 0);
  }
}

const after = (refId: string, requisites: readonly string[], type: string, fields: object): object => ({
  refId,
  requisiteStageRefIds: requisites,
  type,
  name: refId,
  ...fields,
});

/** Values, conditions over them, a fork and a join: nothing that waits. */
function tenStages(): readonly object[] {
  const holds = (expression: string): object => ({ preconditions: [{ type: 'expression', context: { expression } }] });
  const value = (key: string, text: string): object => ({ variables: [{ key, value: text }] });
  return [
    after('1', [], 'evaluateVariables', value('image', 'shop:{{ .execution.number }}')),
    after('2', ['1'], 'checkPreconditions', holds('.vars.image | startswith("shop:")')),
    after('3', ['2'], 'evaluateVariables', value('left', '{{ .vars.image | ascii_upcase }}')),
    after('4', ['2'], 'evaluateVariables', value('right', '{{ .execution.number * 2 }}')),
    after('5', ['3', '4'], 'checkPreconditions', holds('.vars.right > 0 and .stages["3"].status == "SUCCEEDED"')),
    after('6', ['5'], 'wait', { waitTime: 0 }),
    after('7', ['6'], 'evaluateVariables', value('all', '{{ [.vars.left, .vars.right] | tojson }}')),
    after('8', ['7'], 'wait', { waitTime: 0 }),
    after('9', ['8'], 'checkPreconditions', holds('.vars.all != null')),
    after('10', ['9'], 'evaluateVariables', value('done', '{{ .execution.id }}')),
  ];
}

async function throughput(bench: Bench): Promise<readonly Figure[]> {
  const pipeline = await bench.save('Local', tenStages());
  await bench.startMany(pipeline, 50);
  await bench.settled();
  const processor = bench.program.processorMs();
  const begun = performance.now();
  const taken = await bench.startMany(pipeline, executions, startMs);
  const started = taken.length;
  const answered = performance.now() - begun;
  await bench.settled();
  const settled = performance.now() - begun;
  const processorEach = (bench.program.processorMs() - processor) / started;
  const ended = await bench.number(`select count(*) as number from execution where status = 'SUCCEEDED'`);
  if (ended !== started + 50) throw new Error(`${ended} of ${started + 50} executions succeeded`);
  return [
    {
      name: 'ten local stages, to the end with everything that reads of it',
      value: (started * 1000) / settled,
      unit: '/s',
      promise: { atLeast: 50 },
      note: `${started} executions, ${inFlight} in flight; answered at ${Math.round((started * 1000) / answered)}/s`,
    },
    { name: 'processor time of such an execution, Node process', value: processorEach, unit: 'ms' },
    { name: 'start to the end of ten local stages, p50', value: percentile(taken, 50), unit: 'ms' },
    { name: 'start to the end of ten local stages, p99', value: percentile(taken, 99), unit: 'ms' },
  ];
}

const transactions = `select xact_commit + xact_rollback as number from pg_stat_database where datname = current_database()`;

/**
 * Transactions a second of a program that nobody asks anything. The median of slices, since the queue keeps house once
 * a minute: some eighty transactions at a stroke, which would decide what a short time shows.
 */
async function atRest(bench: Bench): Promise<number> {
  await bench.settled();
  await wait(3_000);
  const slices: number[] = [];
  for (let at = 0; at < restSlices; at += 1) {
    const before = await bench.number(transactions);
    const begun = performance.now();
    await wait(sliceMs);
    slices.push((((await bench.number(transactions)) - before) * 1000) / (performance.now() - begun));
  }
  return median(slices);
}

async function restCost(bench: Bench): Promise<readonly Figure[]> {
  const pipeline = await bench.save('Judged', [after('ask', [], 'manualJudgment', {})]);
  const without = await atRest(bench);
  await bench.startMany(pipeline, waitingForJudgment);
  const waiting = await atRest(bench);
  return [
    { name: 'transactions at rest, nothing open', value: without, unit: '/s' },
    {
      name: `transactions at rest, ${waitingForJudgment} executions waiting for judgment`,
      value: waiting,
      unit: '/s',
      promise: { atMost: Math.ceil(without * 1.05 + 0.5) },
      note: 'at most what it is without them, within a twentieth',
    },
  ];
}

/** Copies one execution that waits for a time, as if that many had been under way when the program stopped. */
async function cloneOpen(bench: Bench, id: string): Promise<void> {
  const columns = async (table: string, except: readonly string[]): Promise<string> => {
    const found = await bench.sql.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = $1 and table_schema = 'public'
       order by ordinal_position`,
      [table],
    );
    return found.rows
      .map(({ name }) => name)
      .filter((name) => !except.includes(name))
      .join(', ');
  };
  const executionColumns = await columns('execution', ['id', 'number', 'correlation']);
  const stageColumns = await columns('stage', ['execution', 'id']);
  await bench.sql.query(
    `insert into execution (id, number, ${executionColumns})
     select id || '_' || n, n, ${executionColumns} from execution, generate_series(1, $2::int - 1) n where id = $1`,
    [id, openAtRestart],
  );
  await bench.sql.query(
    `insert into stage (execution, id, ${stageColumns})
     select execution || '_' || n, id || '_' || n, ${stageColumns} from stage, generate_series(1, $2::int - 1) n
     where execution = $1`,
    [id, openAtRestart],
  );
  await bench.sql.query('analyze execution, stage');
}

async function restart(bench: Bench): Promise<readonly Figure[]> {
  const pipeline = await bench.save('Soaks', [
    after('soak', [], 'wait', { waitTime: 20 }),
    after('note', ['soak'], 'evaluateVariables', { variables: [{ key: 'done', value: '{{ .execution.number }}' }] }),
  ]);
  const answer = await bench.program.call('POST', `/api/v1/pipelines/${pipeline}/executions`, {});
  const { id } = answer.body['execution'] as { id: string };
  await bench.settled();
  await bench.program.stop();
  await cloneOpen(bench, id);
  // Nothing of it is left in the queue either: whoever starts has the rows alone.
  await bench.sql.query(`delete from job.job where name like 'pipeline%'`);
  await wait(21_000);
  await bench.start();
  const begun = performance.now();
  await bench.until(`select count(*) as number from execution where pipeline = '${pipeline}' and ended_at is null`, 0);
  const resumed = performance.now() - begun;
  const judged = await judgeOne(bench);
  return [
    {
      name: `${openAtRestart} open executions whose time came while nothing ran, all gone on after a start`,
      value: resumed,
      unit: 'ms',
      promise: { atMost: 10_000 },
      note: `beside ${waitingForJudgment} that wait for judgment; from "is ready"`,
    },
    { name: 'judgment of one of them → its execution has ended', value: judged, unit: 'ms' },
  ];
}

async function judgeOne({ program }: Bench): Promise<number> {
  const { body } = await program.call('GET', '/api/v1/executions?awaiting=true&limit=1');
  const [execution] = body['executions'] as readonly { id: string }[];
  const begun = performance.now();
  const path = `/api/v1/executions/${execution?.id}/stages/ask/judgment`;
  const answer = await program.call('POST', path, { verdict: 'continue' });
  const { status } = answer.body['execution'] as { status: string };
  if (status !== 'SUCCEEDED') throw new Error(`The judged execution is ${status}`);
  return performance.now() - begun;
}
