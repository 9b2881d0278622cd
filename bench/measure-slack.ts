import { setTimeout as wait } from 'node:timers/promises';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startBenchDatabase } from './bench-database.ts';
import { type Figure, percentile } from './figures.ts';
import { type Program, startProgram } from './program.ts';

const perSecond = 200;
const perCall = 20;
const cards = 120;
/** Code that has just been loaded is slow for a moment. */
const warmCards = 20;
const channel = 'deployments';
const patienceMs = 60_000;

interface Click {
  /** To the whole answer. */
  readonly acknowledgedMs: number;
  /** To the card that says who decided. */
  readonly updatedMs: number;
}

/** Somebody presses Approve in Slack while entities are ingested: how long until Slack has its answer, and the card. */
export async function measureSlack(): Promise<readonly Figure[]> {
  const slack = await startSlackCounterpart({
    fetch,
    channels: [{ name: channel }],
    users: [{ name: 'judge', email: 'admin@example.com' }],
  });
  const database = await startBenchDatabase();
  const program = await startProgram({
    DATABASE_URL: database.product,
    QUAYSIDE_ADMIN_EMAIL: 'admin@example.com',
    QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
    QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
    QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    QUAYSIDE_SLACK_CHANNEL: channel,
    QUAYSIDE_EGRESS_ALLOW: new URL(slack.origin).host,
  });
  slack.setInteractivityUrl(`${program.url}/notifications/callbacks/slack`);
  const ingest = new AbortController();
  try {
    await prepare(program, slack);
    const begun = performance.now();
    const ingesting = keepIngesting(program, ingest.signal);
    const clicks: Click[] = [];
    for (let card = 0; card < cards; card += 1) clicks.push(await pressOne(program, slack));
    ingest.abort();
    const ingested = await ingesting;
    const rate = (ingested * 1000) / (performance.now() - begun);
    const counted = clicks.slice(warmCards);
    const note = `${counted.length} cards, one after the other, beside ${Math.round(rate)} entities/s`;
    const acknowledged = counted.map((click) => click.acknowledgedMs);
    const updated = counted.map((click) => click.updatedMs);
    return [
      { name: 'click in Slack → 200, p50', value: percentile(acknowledged, 50), unit: 'ms', note },
      { name: 'click in Slack → 200, p99', value: percentile(acknowledged, 99), unit: 'ms', promise: { atMost: 100 } },
      { name: 'click → message updated, p50', value: percentile(updated, 50), unit: 'ms', promise: { atMost: 1_000 } },
      { name: 'click → message updated, p99', value: percentile(updated, 99), unit: 'ms' },
    ];
  } finally {
    ingest.abort();
    await program.stop();
    await database.stop();
    await slack.close();
  }
}

async function prepare(program: Program, slack: SlackCounterpart): Promise<void> {
  const schema = { properties: { step: { type: 'number' } }, required: [] };
  await program.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  await program.call('POST', '/v1/actions', {
    identifier: 'deploy',
    title: 'Deploy',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } },
    invocationMethod: { type: 'WEBHOOK', url: `${slack.origin}/hook` },
    requiredApproval: true,
  });
}

/** At fixed times, whether earlier calls were answered or not. Answers how many entities were written. */
async function keepIngesting(program: Program, signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let call = 0; !signal.aborted; call += 1) {
    const early = begun + (call * perCall * 1000) / perSecond - performance.now();
    if (early > 0) await wait(early);
    const entities = Array.from({ length: perCall }, (_, index) => ({
      identifier: `e${(call * perCall + index) % 1_000}`,
      properties: { step: call },
    }));
    // Calls that are under way when the measure ends are cut off.
    calls.push(
      program.call('POST', '/v1/blueprints/service/entities/bulk?upsert=true', { entities }).catch(() => null),
    );
  }
  return (await Promise.all(calls)).filter((answer) => answer !== null).length * perCall;
}

async function pressOne(program: Program, slack: SlackCounterpart): Promise<Click> {
  const asked = await program.call('POST', '/v1/actions/deploy/runs', { properties: {} });
  if (asked.status >= 300) throw new Error(`Answered ${asked.status}: ${JSON.stringify(asked.body)}`);
  const { id } = asked.body['run'] as { id: string };
  const told = (blocks: unknown): string => JSON.stringify(blocks);
  const isCard = ({ blocks }: { blocks: unknown }): boolean => told(blocks).includes(id);
  const { ts } = await slack.waitForMessage(channel, isCard, patienceMs);
  const begun = performance.now();
  const answer = await slack.click({ channel, ts, actionId: 'approval:approve', user: 'judge' });
  if (answer.status !== 200) throw new Error(`The click was answered with ${answer.status}: ${answer.body}`);
  const clicked = performance.now() - answer.milliseconds;
  await slack.waitForMessage(
    channel,
    (message) => message.ts === ts && !told(message.blocks).includes('approval:approve'),
    patienceMs,
  );
  return { acknowledgedMs: answer.milliseconds, updatedMs: performance.now() - Math.max(clicked, begun) };
}
