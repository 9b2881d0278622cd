import { describe, expect, it } from 'vitest';
import { dispatchInputs, requestRefusal } from './dispatch-rules.ts';
import { readWorkflow } from './workflow-file.ts';

const workflow = (inputs: string) =>
  readWorkflow(`on:\n  workflow_dispatch:\n    inputs: ${inputs}\njobs: {a: {steps: [{run: echo hi}]}}`, 'w.yml');

describe('reading a workflow', () => {
  it('takes the older and the newer reminder of the guides', () => {
    const read = readWorkflow(
      `
name: Generate Scorecards Reminders
on:
  workflow_dispatch:
    inputs:
      run_id: { description: The id of the action run, required: true, type: string }
jobs:
  generate-scorecards-reminders:
    runs-on: ubuntu-latest
    steps:
      - name: Generate Scorecards Reminders
        uses: port-labs/port-sender@v0.2.3
        with:
          operation_kind: scorecard_reminder
          port_client_id: \${{ secrets.PORT_CLIENT_ID }}
      - uses: port-labs/port-github-action@v1
        with: { operation: PATCH_RUN, retries: 3, logMessage: "sent\\n" }
`,
      'port-slack-reminder.yml',
    );
    expect(read.name).toBe('Generate Scorecards Reminders');
    expect(read.dispatchInputs).toEqual({ run_id: { type: 'string', required: true, options: [] } });
    expect(read.jobs[0]?.steps).toMatchObject([
      { uses: 'port-labs/port-sender@v0.2.3', inputs: { port_client_id: '${{ secrets.PORT_CLIENT_ID }}' } },
      { name: 'Run port-labs/port-github-action@v1', inputs: { retries: '3', logMessage: 'sent\n' } },
    ]);
  });

  it.each([
    ['jobs: [', 'failed to parse workflow: w.yml'],
    ['- a', 'it must be a mapping'],
    ['on: push', 'at least one job'],
    ['jobs: {a: {steps: []}}', 'jobs.a must have steps'],
    ['jobs: {a: {steps: [{name: x}]}}', 'jobs.a.steps[0] must have either uses or run'],
    ['jobs: {a: {strategy: {matrix: {}}, steps: [{run: x}]}}', 'jobs.a.strategy is not carried out here'],
  ])('says what is wrong with %s', (text, reason) => {
    expect(() => readWorkflow(text, 'w.yml')).toThrow(reason);
  });

  it.each([['on: workflow_dispatch'], ['on: [push, workflow_dispatch]'], ['on: {workflow_dispatch: }']])(
    '%s can be dispatched',
    (on) => {
      expect(readWorkflow(`${on}\njobs: {a: {steps: [{run: x}]}}`, 'w.yml').dispatchInputs).toEqual({});
    },
  );
});

describe('a dispatch', () => {
  it.each([
    ['{run_id: {required: true}}', { runId: 'r' }, 'Unexpected inputs provided: ["runId"]'],
    ['{run_id: {required: true}}', {}, "Required input 'run_id' not provided"],
    ['{run_id: {required: true}}', { run_id: '' }, "Required input 'run_id' not provided"],
    [
      '{debug: {type: boolean}}',
      { debug: '' },
      "Provided value '' for input 'debug' not in the list of allowed values",
    ],
    [
      '{size: {type: choice, options: [s, m]}}',
      { size: 'l' },
      "Provided value 'l' for input 'size' not in the list of allowed values",
    ],
  ])('with inputs %s refuses %o', (inputs, given, refused) => {
    expect(dispatchInputs(workflow(inputs), given)).toEqual({ refused });
  });

  it('fills in defaults and knows booleans', () => {
    const inputs =
      '{who: {required: true, default: you}, dry: {type: boolean}, size: {type: choice, options: [s, m], default: m}}';
    expect(dispatchInputs(workflow(inputs), { dry: true })).toEqual({
      texts: { who: 'you', dry: 'true', size: 'm' },
      typed: { who: 'you', dry: true, size: 'm' },
    });
  });

  it('needs the trigger', () => {
    const pushOnly = readWorkflow('on: push\njobs: {a: {steps: [{run: x}]}}', 'w.yml');
    expect(dispatchInputs(pushOnly, {})).toEqual({ refused: "Workflow does not have 'workflow_dispatch' trigger" });
  });

  it.each([
    [{}, true, 'Invalid request.\n\n"ref" wasn\'t supplied.'],
    [{ ref: 'main', input: {} }, true, 'Invalid request.\n\n"input" is not a permitted key.'],
    [
      { ref: 'main', return_run_details: true },
      false,
      'Invalid request.\n\n"return_run_details" is not a permitted key.',
    ],
    [
      { ref: 'main', inputs: { a: { b: 1 } } },
      true,
      'Invalid request.\n\nFor \'properties/a\', {"b":1} is not a string.',
    ],
  ])('refuses the request %o', (body, knows, refused) => {
    expect(requestRefusal(body, knows)).toEqual({ refused });
  });
});
