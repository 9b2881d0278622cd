import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipelineDesk, type PipelineDesk } from '#testing/pipeline-desk.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let app: TestApp;
let desk: PipelineDesk;
let teams: WebhookReceiver;
beforeAll(async () => {
  teams = await startWebhookReceiver({ body: '1' });
  app = await startTestApp({ working: true, allow: [new URL(teams.url).host] });
  desk = pipelineDesk(app);
});
afterAll(async () => {
  await app.stop();
  await teams.close();
});

test('a judgment and the end of an execution are told in Teams, as cards that call nobody and lead to us', async () => {
  const judged = {
    refId: '1',
    requisiteStageRefIds: [],
    type: 'manualJudgment',
    name: 'Approve',
    instructions: 'Is [this](https://evil.example.com) *ready*?',
    sendNotifications: true,
    notifications: [{ type: 'microsoftteams', address: `${teams.url}hook/judge`, when: ['manualJudgment'] }],
  };
  const ended = { type: 'microsoftteams', address: `${teams.url}hook/end`, when: ['pipeline.complete'] };
  const { id } = await desk.start(await desk.save([judged], { name: 'Loud', notifications: [ended] }));
  const cards = (path: string): string[] =>
    teams.requests.filter((request) => request.path === path).map((request) => request.body.toString());
  await expect.poll(() => cards('/hook/judge').length, { timeout: 20_000 }).toBe(1);
  const [asking = ''] = cards('/hook/judge');
  expect(JSON.parse(asking)).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl' }] },
      },
    ],
  });
  expect(asking).toContain('/approvals/');
  expect(asking).not.toContain('[this]');
  await app.call('POST', `/api/v1/executions/${id}/stages/1/judgment`, { verdict: 'continue' });
  await expect.poll(() => cards('/hook/end').length, { timeout: 20_000 }).toBe(1);
  expect(cards('/hook/end')[0]).toContain('Loud succeeded');
  expect(cards('/hook/judge')).toHaveLength(1);
});
