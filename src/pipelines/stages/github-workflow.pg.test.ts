import { afterAll, beforeAll, expect, test } from 'vitest';
import { settableClock, systemClock } from '#platform/clock.ts';
import { type GitHubCounterpart, startGitHubCounterpart } from '#sample/counterparts/github/github-counterpart.ts';
import { pipelineDesk, type PipelineDesk, type ShownExecution, stageOf } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

/** GitHub, with a runner that really performs the steps. */
const deploy = `
name: Deploy
on:
  workflow_dispatch:
    inputs:
      version: { required: true, type: string }
      code: { required: false, type: string, default: '0' }
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - run: exit \${{ inputs.code }}
`;

let github: GitHubCounterpart;
let app: TestApp;
let desk: PipelineDesk;
beforeAll(async () => {
  github = await startGitHubCounterpart({
    quaysideUrl: () => app.url,
    repositories: [{ owner: 'acme', name: 'portal', refs: ['v1'], workflows: { 'deploy.yml': deploy } }],
    knowsRunDetails: true,
  });
  app = await startTestApp({
    // Behind, so that what is asked again later is due at once.
    clock: settableClock(new Date(systemClock.now().getTime() - 3_600_000)),
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_GITHUB_TOKEN: github.token, QUAYSIDE_GITHUB_API_URL: github.apiUrl },
  });
  desk = pipelineDesk(app);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

async function run(fields: object): Promise<ShownExecution> {
  const stage = {
    refId: 'a',
    requisiteStageRefIds: [],
    type: 'githubWorkflow',
    name: 'Deploy',
    org: 'acme',
    repo: 'portal',
  };
  const after = { refId: 'b', requisiteStageRefIds: ['a'], type: 'wait', name: 'After', waitTime: 0 };
  const pipeline = await desk.save([{ ...stage, workflow: 'deploy.yml', ...fields }, after], {
    parameterConfig: [{ name: 'version', default: '1.2' }],
  });
  const begun = await desk.start(pipeline);
  await app.settle();
  await github.settled();
  await app.settle();
  return desk.read(begun.id);
}

test('a workflow that succeeds lets its pipeline go on, with its inputs and its run', async () => {
  const over = await run({ workflowInputs: { version: '{{ .parameters.version }}' }, ref: 'v1' });
  expect(over.status).toBe('SUCCEEDED');
  const stage = stageOf(over, 'a');
  expect(stage.context).toMatchObject({ runStatus: 'SUCCESS' });
  expect(stage.outputs).toMatchObject({ runId: stage.context['runId'] });
  const log = await app.call('GET', `/v1/actions/runs/${String(stage.context['runId'])}/logs`);
  expect(JSON.stringify(log.body)).toContain('The workflow ended: Succeeded.');
});

test('one that fails, and one that GitHub refuses, end it and say why', async () => {
  const failed = await run({ workflowInputs: { version: '1', code: '3' } });
  expect(failed.status).toBe('TERMINAL');
  expect(stageOf(failed, 'a').error).toContain('ended as FAILURE');
  const refused = await run({ workflowInputs: { colour: 'red' } });
  expect(refused.status).toBe('TERMINAL');
  expect(stageOf(refused, 'a').context).toMatchObject({ runStatus: 'FAILURE' });
});

test('one that nobody waits for lets its pipeline go on at once', async () => {
  const over = await run({ workflowInputs: { version: '1', code: '3' }, waitForCompletion: false });
  expect(over.status).toBe('SUCCEEDED');
});
