/**
 * `npm run bench`: what the product does, beside the floor taken in the same run. Arguments choose measures by name.
 * Prints a table and writes it to bench/results/<date>.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Figure, kept, markdown } from './figures.ts';
import { measureCatalog } from './measure-catalog.ts';
import { measureExecute } from './measure-execute.ts';
import { measureFreshness } from './measure-freshness.ts';
import { measureIngest } from './measure-ingest.ts';
import { measurePipelines } from './measure-pipelines.ts';
import { measureSlack } from './measure-slack.ts';
import { measureScores } from './measure-scores.ts';
import { measureStreams } from './measure-streams.ts';
import { measureRuns } from './measure-runs.ts';
import { measureStart } from './measure-start.ts';
import { measureTable } from './measure-table.ts';
import { measureWebhooks } from './measure-webhooks.ts';

const measures: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  start: measureStart,
  ingest: measureIngest,
  webhooks: measureWebhooks,
  execute: measureExecute,
  runs: measureRuns,
  catalog: measureCatalog,
  freshness: measureFreshness,
  table: measureTable,
  scores: measureScores,
  streams: measureStreams,
  pipelines: measurePipelines,
  slack: measureSlack,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => measures[name] === undefined);
if (unknown.length > 0) {
  console.error(`No such measure: ${unknown.join(', ')}. There are: ${Object.keys(measures).join(', ')}.`);
  process.exit(2);
}

// Whoever is stopped stops what it started (program.ts), and one measure that hangs does not keep the others.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const longestMs = 300_000;

async function within(name: string, measure: Promise<readonly Figure[]>): Promise<readonly Figure[]> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<readonly Figure[]>((resolve) => {
    timer = setTimeout(() => {
      console.error(`Stopped measuring ${name} after ${longestMs / 1000} s.`);
      resolve([]);
    }, longestMs);
  });
  const found = await Promise.race([measure, patience]);
  clearTimeout(timer);
  return found;
}

// Above one per core, others compete for the machine and latencies tell of them.
const loadBefore = loadavg()[0];
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`Measuring ${name} …`);
  figures.push(...(await within(name, measure())));
}

const machine = {
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  loadBefore,
  loadAfter: loadavg()[0],
};
const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
const date = new Date().toISOString();
const file = join(results, `${date.slice(0, 16).replaceAll(':', '')}.json`);
writeFileSync(
  file,
  `${JSON.stringify({ date, machine, figures: figures.map((figure) => ({ ...figure, kept: kept(figure) })) }, null, 2)}\n`,
);
console.log(markdown(figures));
// What a stopped measure left open would keep the process.
process.exit(0);
