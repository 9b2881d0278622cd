import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { runCli } from './run-cli.ts';

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'quayside-cli-'));
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function quayside(...args: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const error: string[] = [];
  const env = {
    QUAYSIDE_URL: app.url,
    QUAYSIDE_CLIENT_ID: app.clientId,
    QUAYSIDE_CLIENT_SECRET: app.clientSecret,
  };
  const code = await runCli(args, {
    env,
    out: (line) => void out.push(line),
    error: (line) => void error.push(line),
    signal: new AbortController().signal,
    sleep: async () => app.settle(),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const document = {
  application: 'shop',
  name: 'Deploy',
  parameterConfig: [{ name: 'version', required: true }],
  stages: [
    { refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'QA', judgmentInputs: [{ value: 'full' }] },
    { refId: '2', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Ops' },
    { refId: '3', requisiteStageRefIds: ['1', '2'], type: 'wait', name: 'Soak', waitTime: 0 },
  ],
};

async function started(): Promise<string> {
  const { out } = await quayside('pipelines', 'start', 'deploy', '--application', 'shop', '-p', 'version=1=2');
  return out.split(/\s+/)[0] ?? '';
}

describe('quayside pipelines', () => {
  test('saves, lists, shows, starts, watches and controls', async () => {
    const file = join(folder, 'deploy.json');
    await writeFile(file, JSON.stringify(document));
    expect(await quayside('pipelines', 'save', '--file', file)).toMatchObject({
      code: 0,
      out: 'Saved Deploy of shop.',
    });
    expect((await quayside('pipelines', 'list')).out).toMatch(/^pipeline_\w+ {2}shop {2}Deploy$/);
    const shown = await quayside('pipelines', 'get', 'Deploy', '--application', 'shop');
    expect(JSON.parse(shown.out)).toMatchObject({ name: 'Deploy' });
    const refused = await quayside('pipelines', 'start', 'Deploy', '--application', 'shop');
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('Required parameter version') as string });
    const id = await started();
    expect(JSON.parse((await quayside('pipelines', 'execution', id)).out)).toMatchObject({
      parameters: { version: '1=2' },
    });
    for (const [verb, status] of [
      ['pause', 'PAUSED'],
      ['resume', 'RUNNING'],
      ['cancel', 'CANCELED'],
    ] as const) {
      expect((await quayside('pipelines', verb, id)).out).toContain(status);
    }
    expect((await quayside('pipelines', 'executions', '--status', 'CANCELED')).out).toContain(id);
    expect((await quayside('pipelines', 'restart', id, '--stage', 'QA')).code).toBe(1);
    expect((await quayside('pipelines', 'restart', id, '--stage', '1')).out).toContain('RUNNING');
    expect(await quayside('pipelines', 'cancel', 'execution_none')).toMatchObject({ code: 1 });
  });

  test('follows an execution, step by step, to its end', async () => {
    const id = await started();
    const following = quayside('pipelines', 'follow', id);
    for (const stage of ['QA', 'Ops']) {
      const input = stage === 'QA' ? ['--input', 'full'] : [];
      expect((await quayside('judge', id, '--stage', stage, '--continue', ...input)).code).toBe(0);
    }
    const { code, out } = await following;
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trim().replace(id, 'it').split(/ {2}/).slice(0, 2))).toEqual(
      expect.arrayContaining([
        ['it', 'SUCCEEDED'],
        ['QA', 'SUCCEEDED'],
        ['Ops', 'SUCCEEDED'],
        ['Soak', 'SUCCEEDED'],
      ]),
    );
    const stopped = await started();
    await quayside('judge', stopped, '--stage', 'QA', '--stop', '--input', 'full');
    const told = await quayside('pipelines', 'follow', stopped);
    expect(told).toMatchObject({ code: 1, out: expect.stringContaining('TERMINAL') as string });
    expect(await quayside('pipelines', 'follow', 'execution_none')).toMatchObject({ code: 1 });
    expect((await quayside('pipelines', 'start', 'deploy', '--application', 'shop', '-p', 'version=1')).code).toBe(0);
  });

  test.each([
    [['fly'], 'There is no verb "fly"'],
    [['get'], 'Name one pipeline.'],
    [['list', 'x'], 'list takes no names.'],
    [['save'], 'save needs --file.'],
    [['restart', 'x'], 'restart needs --stage.'],
    [['start', 'Deploy', '--application', 'shop', '-p', 'version'], 'is not NAME=VALUE'],
    [['list', '--colour'], 'colour'],
  ])('%j is wrongly called', async (args, told) => {
    const said = await quayside('pipelines', ...args);
    expect(said.error).toContain(told);
    expect(said.code).toBe(2);
  });
});

describe('quayside judge', () => {
  test('lists what waits, asks which stage is meant, and judges once', async () => {
    const id = await started();
    expect((await quayside('judge', '--waiting')).out).toContain(`${id}  shop  Deploy`);
    expect(await quayside('judge', id, '--continue')).toMatchObject({
      code: 1,
      error: 'Name one stage with --stage. Waiting: QA, Ops.',
    });
    const without = await quayside('judge', id, '--stage', 'QA', '--continue');
    expect(without).toMatchObject({ code: 1, error: expect.stringContaining('choice') as string });
    const first = await quayside(
      'judge',
      id,
      '--stage',
      'QA',
      '--continue',
      '--input',
      'full',
      '--comment',
      'Looks good',
    );
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('Stage QA continues;') as string });
    expect((await quayside('judge', id, '--continue')).out).toContain('is SUCCEEDED.');
    const execution = JSON.parse((await quayside('pipelines', 'execution', id)).out) as { stages: object[] };
    expect(execution.stages[0]).toMatchObject({ context: { judgmentComment: 'Looks good', judgedThrough: 'cli' } });
    expect(await quayside('judge', id, '--stop')).toMatchObject({
      code: 1,
      error: `Execution ${id} awaits no judgment.`,
    });
  });

  test.each([
    [[], 'Name one execution'],
    [['x'], 'Say either --continue or --stop.'],
    [['x', '--continue', '--stop'], 'Say either --continue or --stop.'],
    [['--waiting', 'x'], '--waiting takes no execution.'],
  ])('%j is wrongly called', async (args, told) => {
    expect(await quayside('judge', ...args)).toMatchObject({ code: 2, error: expect.stringContaining(told) as string });
  });
});
