import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Figure, median } from './figures.ts';
import { type Program, startProgram } from './program.ts';
import { scratchFolder } from './scratch-folder.ts';

const actions = [
  { identifier: 'send_scorecard_reminder', name: 'Execute → message in Slack, GitHub workflow' },
  { identifier: 'send_scorecard_reminder_built_in', name: 'Execute → message in Slack, built in' },
];
const repetitions = 5;
const patienceMs = 60_000;

/** In the sample workspace: an action is executed, and its reminder stands in the local Slack. */
export async function measureExecute(): Promise<readonly Figure[]> {
  const folder = await scratchFolder();
  const program = await startProgram({ QUAYSIDE_DATA_DIR: folder, QUAYSIDE_SAMPLE: 'on' });
  try {
    const figures: Figure[] = [];
    for (const { identifier, name } of actions) {
      const taken: number[] = [];
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        taken.push(await executeOnce(program, identifier));
      }
      figures.push({ name, value: median(taken), unit: 'ms', note: `median of ${repetitions}, sample workspace` });
    }
    return figures;
  } finally {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function executeOnce(program: Program, action: string): Promise<number> {
  const before = await messages(program);
  const begun = performance.now();
  const answer = await program.call('POST', `/v1/actions/${action}/runs`, { properties: {} });
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  while ((await messages(program)) === before) {
    if (performance.now() - begun > patienceMs) throw new Error(`No message of ${action} came to Slack`);
    await wait(5);
  }
  const taken = performance.now() - begun;
  await runEnds(program, (answer.body['run'] as { id: string }).id);
  return taken;
}

async function runEnds(program: Program, id: string): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 50) {
    const { body } = await program.call('GET', `/v1/actions/runs/${id}`);
    if ((body['run'] as { status: string }).status !== 'IN_PROGRESS') return;
    await wait(50);
  }
  throw new Error(`Run ${id} does not end`);
}

async function messages(program: Program): Promise<number> {
  const base = '/api/v1/sample/slack/channels';
  const { channels } = (await program.call('GET', base)).body as { channels: readonly { id: string }[] };
  let count = 0;
  for (const channel of channels) {
    const { body } = await program.call('GET', `${base}/${channel.id}/messages`);
    count += (body['messages'] as readonly unknown[]).length;
  }
  return count;
}
