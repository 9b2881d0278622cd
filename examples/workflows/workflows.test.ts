import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSendSettings } from '#cli/send-settings.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): unknown => parse(readFileSync(new URL(path, root), 'utf8'));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { required?: boolean; default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
interface Workflow {
  readonly on: { readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, { required: boolean }>> } };
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Pipeline {
  readonly [job: string]: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly script?: readonly string[];
  };
}

const action = read('action.yml') as Action;
const filled: Readonly<Record<string, string>> = {
  'vars.QUAYSIDE_URL': 'https://quayside.example.com',
  'secrets.PORT_CLIENT_ID': 'client-1',
  'secrets.PORT_CLIENT_SECRET': 'secret-1',
  'secrets.SLACK_WEBHOOK_URL': 'https://hooks.example.com/services/x',
};
const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_all, name: string) => values[name] ?? `(${name} is unknown)`);

/** The variables that the action's step would see for these inputs. */
function actionEnv(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const values = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: otherwise = '' }]) => [
      `inputs.${name}`,
      inputs[name] ?? otherwise,
    ]),
  );
  return Object.fromEntries(
    Object.entries(action.runs.steps[0]?.env ?? {}).map(([name, text]) => [name, fill(text, values)]),
  );
}

const expected = {
  baseUrl: 'https://quayside.example.com',
  appUrl: 'https://quayside.example.com',
  clientId: 'client-1',
  clientSecret: 'secret-1',
  slackWebhookUrl: 'https://hooks.example.com/services/x',
  operation: 'scorecard_reminder',
  blueprint: 'service',
  scorecard: 'ProductionReadiness',
  filterRule: undefined,
  language: 'en',
};

describe('action.yml', () => {
  test('hands every input over, and runs a file that exists', () => {
    const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, `<${name}>`]));
    expect(Object.values(actionEnv(inputs)).toSorted()).toEqual(Object.values(inputs).toSorted());
    const [step] = action.runs.steps;
    expect(step?.run).toBe('node "${{ github.action_path }}/bin/quayside.js" send');
    expect(existsSync(new URL('bin/quayside.js', root))).toBe(true);
  });
});

describe.each([
  ['port-slack-reminder.yml', 'run_id', '${{ inputs.run_id }}'],
  ['portSlackReminder.yaml', 'port_payload', '${{ fromJson(inputs.port_payload).context.runId }}'],
])('%s', (file, input, runId) => {
  const workflow = read(`examples/workflows/${file}`) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  test(`asks for ${input} alone`, () => {
    expect(workflow.on.workflow_dispatch.inputs).toEqual({
      [input]: expect.objectContaining({ required: true }) as object,
    });
  });

  test('gives the sender inputs that it knows, and all that it needs', () => {
    const given = Object.fromEntries(
      Object.entries(steps[0]?.with ?? {}).map(([name, text]) => [name, fill(text, filled)]),
    );
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(readSendSettings(actionEnv(given))).toEqual({ settings: expected, notes: [] });
  });

  test('reports to the run that asked', () => {
    expect(steps[1]).toMatchObject({
      uses: 'port-labs/port-github-action@v1',
      with: { operation: 'PATCH_RUN', runId, baseUrl: '${{ vars.QUAYSIDE_URL }}' },
    });
  });
});

describe('gitlab-ci.yaml', () => {
  const pipeline = read('examples/workflows/gitlab-ci.yaml') as Pipeline;

  test('reads the run from the very body that the action sends', () => {
    expect(pipeline['read-run']?.script?.[0]).toContain(`'.runId' "$TRIGGER_PAYLOAD"`);
  });

  test('gives the sender all that it needs', () => {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(filled)) values[name.replace(/^\w+\./, '')] = value;
    const variables = Object.entries(pipeline['generate-scorecards-reminders']?.variables ?? {});
    const env = Object.fromEntries(
      variables.map(([name, text]) => [name, text.replace(/\$(\w+)/g, (_, v: string) => values[v] ?? '')]),
    );
    expect(readSendSettings(env)).toEqual({ settings: expected, notes: [] });
  });

  test('ends the run either way', () => {
    expect(pipeline['report-success']?.script?.join('\n')).toContain('"status": "SUCCESS"');
    expect(pipeline['report-failure']?.script?.join('\n')).toContain('"status": "FAILURE"');
  });
});
