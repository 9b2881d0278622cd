import { expect, test } from 'vitest';
import { importPipeline } from './import-pipeline.ts';
import type { PipelineDocument } from './pipeline.ts';

const known = new Set(['wait', 'manualJudgment', 'checkPreconditions', 'webhook', 'evaluateVariables']);

function imported(stage: object, more: object = {}) {
  const whole = { refId: '1', requisiteStageRefIds: [], type: 'webhook', name: 'A', ...stage };
  const document = { application: 'shop', name: 'P', stages: [whole], ...more } as PipelineDocument;
  const { document: after, notes } = importPipeline(document, known);
  return { stage: after.stages[0], document: after, notes: notes.map(({ path }) => path) };
}

test.each([
  // What expressions speak of.
  ['${parameters.x}', '{{ .parameters.x }}'],
  ['${trigger.user}', '{{ .trigger.user }}'],
  ["${trigger['parameters']['x']}", '{{ .trigger["parameters"]["x"] }}'],
  ['${execution.id}', '{{ .execution.id }}'],
  ['${execution.trigger.payload.ref}', '{{ .trigger.payload.ref }}'],
  ['${templateVariables.region}', '{{ .templateVariables.region }}'],
  ['${digest}', '{{ .vars.digest }}'],
  // Its functions.
  ["${#stage('Deploy').status}", '{{ .stages["Deploy"].status }}'],
  ["${#stage('Deploy')['context']['url']}", '{{ .stages["Deploy"]["context"]["url"] }}'],
  ["${#stage('Deploy').outputs.digest}", '{{ .stages["Deploy"].outputs.digest }}'],
  ["${#stage('Deploy').hasSucceeded}", '{{ (.stages["Deploy"].status == "SUCCEEDED") }}'],
  ["${#stage('Deploy').hasFailed}", '{{ (.stages["Deploy"].status == "TERMINAL") }}'],
  ["${#stageExists('Deploy')}", '{{ (.stages["Deploy"] != null) }}'],
  ["${#judgment('Ask')}", '{{ .stages["Ask"].context.judgmentInput }}'],
  ["${#judgement('Ask')}", '{{ .stages["Ask"].context.judgmentInput }}'],
  ['${#currentStage().name}', '{{ .stage.name }}'],
  ['${#currentUser()}', '{{ .user }}'],
  // Operators.
  ["${parameters.x ?: 'none'}", '{{ (.parameters.x // "none") }}'],
  ["${parameters.x == 'a' or !parameters.y}", '{{ ((.parameters.x == "a") or (.parameters.y | not)) }}'],
  ['v${parameters.a}-${parameters.b}', 'v{{ .parameters.a }}-{{ .parameters.b }}'],
  // What is jq already, and what is no expression.
  ['{{ .parameters.x }}', '{{ .parameters.x }}'],
  ['$5 and {x}', '$5 and {x}'],
])('%s becomes %s', (given, expected) => {
  const { stage, notes } = imported({ payload: { deep: [given] } });
  expect([stage?.['payload'], notes]).toEqual([{ deep: [expected] }, []]);
});

test.each([
  '${parameters.x.toUpperCase()}',
  '${#toInt(parameters.x)}',
  '${#toJson(trigger)}',
  '${#readJson(parameters.x)}',
  '${#fromUrl("https://example.com")}',
  '${#alphanumerical(parameters.x)}',
  '${#deployedServerGroups("Deploy")}',
  '${new java.util.Date()}',
  '${T(java.time.Instant).now()}',
  '${parameters.list.![name]}',
  '${parameters.list.?[name == "a"]}',
  '${parameters.a ? "x" : "y"}',
  '${execution.stages[0].context}',
  '${execution}',
])('%s stays, and its place is told', (given) => {
  const { stage, notes } = imported({ payload: { deep: [given] } });
  expect(stage?.['payload']).toEqual({ deep: [given] });
  expect(notes).toEqual(['stages[0].payload.deep[0]']);
});

test('conditions lose their braces; what nobody here performs or fires is told and switched off', () => {
  const enabled = { type: 'expression', expression: "${parameters.env == 'prod'}" };
  expect(imported({ stageEnabled: enabled }).stage?.['stageEnabled']).toMatchObject({
    expression: '{{ (.parameters.env == "prod") }}',
  });
  expect(imported({ stageEnabled: { ...enabled, expression: "parameters.env == 'prod'" } }).stage).toMatchObject({
    stageEnabled: { expression: '(.parameters.env == "prod")' },
  });
  const precondition = { type: 'expression', context: { expression: 'trigger.payload.a > 3' } };
  expect(imported({ type: 'checkPreconditions', preconditions: [precondition] }).stage).toMatchObject({
    preconditions: [{ context: { expression: '(.trigger.payload.a > 3)' } }],
  });
  const foreign = imported(
    { type: 'deploy', stageEnabled: { type: 'expression', expression: '#now() > 3' } },
    {
      triggers: [
        { type: 'docker', enabled: true },
        { type: 'cron', enabled: true, cronExpression: '0 0 10 ? * MON' },
      ],
    },
  );
  expect(foreign.notes).toEqual(['stages[0].type', 'stages[0].stageEnabled.expression', 'triggers[0].type']);
  expect(foreign.document.triggers?.map(({ enabled: on }) => on)).toEqual([false, true]);
});
