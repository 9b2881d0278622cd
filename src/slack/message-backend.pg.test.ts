import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSlackCounterpart, type SlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction } from '#testing/test-action.ts';

let slack: SlackCounterpart;
let app: TestApp;
beforeAll(async () => {
  slack = await startSlackCounterpart({ fetch, channels: [{ name: 'deploys' }, { name: 'other' }] });
  app = await startTestApp({
    allow: ['127.0.0.1'],
    environment: { QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken, QUAYSIDE_SLACK_API_URL: slack.apiUrl },
  });
});
afterAll(async () => {
  await app.stop();
  await slack.close();
});

describe('a message in Slack', () => {
  test('is posted once, rings with nobody, and ends the run', async () => {
    const method = { type: 'SLACK_MESSAGE', channel: 'deploys', text: 'Deploying {{ .inputs.what }}' };
    const properties = { what: 'cart <!channel> <!subteam^S1|ops>' };
    const { id } = await begin(app, await saveAction(app, method), { properties });
    await app.settle();
    expect(await readRun(app, id)).toMatchObject({ status: 'SUCCESS' });
    const message = await slack.waitForMessage('deploys', ({ text }) => text.startsWith('Deploying'));
    expect(message.text).toBe('Deploying cart @channel @subteam');
  });

  test('to a channel that is not there fails the run with words', async () => {
    const { id } = await begin(app, await saveAction(app, { type: 'SLACK_MESSAGE', channel: 'none', text: 'x' }));
    await app.settle();
    expect(await readRun(app, id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Not sent' });
    expect((await readLog(app, id)).join('\n')).toMatch(/channel/i);
  });

  test.each([
    ['text', { text: '{{ null }}' }],
    ['text', { text: 'x'.repeat(10_001) }],
    ['channel', { channel: 7 }],
    ['blocks', { blocks: 'none' }],
    ['blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }],
  ])('with an unusable %s is refused while the caller waits', async (field, parts) => {
    const action = await saveAction(app, { type: 'SLACK_MESSAGE', channel: 'deploys', text: 'x', ...parts });
    expect(await execute(app, action)).toMatchObject({
      status: 422,
      body: { details: { field: `invocationMethod.${field}` } },
    });
  });
});
