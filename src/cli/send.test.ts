import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rateLimited } from '#sample/counterparts/faults.ts';
import { bodyFields } from '#sample/counterparts/received-request.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import type { CliIo } from './cli-io.ts';
import { commandWithoutArguments } from './default-command.ts';
import { runCli } from './run-cli.ts';

const secret = 'canary-client-secret';
const webhookPath = 'services/T000/B000/canary-webhook';
const scorecard = {
  identifier: 'ProductionReadiness',
  title: 'Production Readiness',
  levels: [{ title: 'Basic' }, { title: 'Gold' }],
  rules: [{ identifier: 'hasOwner', title: 'Has owner' }],
};
const entity = (n: number, title = `Service ${n}`) => ({
  identifier: `s${n}`,
  title,
  team: null,
  scorecards: {
    ProductionReadiness: { level: 'Basic', rules: [{ identifier: 'hasOwner', status: 'FAILURE', level: 'Gold' }] },
  },
});

let portal: WebhookReceiver;
let slack: WebhookReceiver;
let entities: unknown[];

beforeEach(async () => {
  entities = [entity(1), entity(2)];
  slack = await startWebhookReceiver({ body: 'ok' });
  portal = await startWebhookReceiver((request) => {
    if (request.path === '/v1/auth/access_token') {
      return bodyFields(request)['clientSecret'] === secret
        ? { body: { ok: true, accessToken: 'token-1', expiresIn: 10_800, tokenType: 'Bearer' } }
        : { status: 401, body: { ok: false, error: 'invalid_credentials', message: 'Invalid credentials' } };
    }
    if (request.headers.authorization !== 'Bearer token-1') return { status: 401, body: { ok: false } };
    if (request.path === '/v1/entities/search') return { body: { ok: true, entities } };
    if (request.path === '/v1/blueprints/service/scorecards/ProductionReadiness')
      return { body: { ok: true, scorecard } };
    return {
      status: 404,
      body: { ok: false, error: 'not_found', message: 'Scorecard with identifier "x" was not found' },
    };
  });
});
afterEach(async () => {
  await portal.close();
  await slack.close();
});

const settings = () => ({
  INPUT_PORT_BASE_URL: portal.url,
  INPUT_PORT_CLIENT_ID: 'client-1',
  INPUT_PORT_CLIENT_SECRET: secret,
  INPUT_SLACK_WEBHOOK_URL: slack.url + webhookPath,
  INPUT_OPERATION_KIND: 'scorecard_reminder',
  INPUT_BLUEPRINT: 'service',
  INPUT_SCORECARD: 'ProductionReadiness',
  INPUT_TARGET_KIND: 'slack',
});

async function run(env: CliIo['env'], args: readonly string[] = ['send']) {
  const lines: string[] = [];
  const waits: number[] = [];
  const code = await runCli(args, {
    env,
    out: (line) => lines.push(line),
    error: (line) => lines.push(`error: ${line}`),
    signal: new AbortController().signal,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
  return { code, lines, waits, text: lines.join('\n') };
}
const posted = () =>
  slack.requests.map((request) => bodyFields(request) as { text: string; blocks: { text: { text: string } }[] });

describe('quayside send', () => {
  test('makes the three calls of the sender container and posts the reminder', async () => {
    const { code, lines } = await run({ ...settings(), INPUT_FILTER_RULE: '{"property":"tier","operator":"isEmpty"}' });
    expect(code).toBe(0);
    expect(portal.requests.map((request) => `${request.method} ${request.path}`)).toEqual([
      'POST /v1/auth/access_token',
      'POST /v1/entities/search',
      'GET /v1/blueprints/service/scorecards/ProductionReadiness',
    ]);
    expect(portal.requests.map(bodyFields).slice(0, 2)).toEqual([
      { clientId: 'client-1', clientSecret: secret },
      {
        combinator: 'and',
        rules: [
          { property: '$blueprint', operator: '=', value: 'service' },
          { property: 'tier', operator: 'isEmpty' },
        ],
      },
    ]);
    expect(posted()[0]?.blocks[3]?.text.text).toContain(
      `• <${portal.url}serviceEntity?identifier=s1|Service 1> - \`0/1 Passed\``,
    );
    expect(lines).toEqual([
      `Read 2 entities of blueprint service from ${portal.url.replace(/\/$/, '')}.`,
      'Read scorecard Production Readiness.',
      'Posted the message to Slack.',
    ]);
  });

  test('sends the report too, in Chinese, with links to where people are', async () => {
    const { code } = await run({
      ...settings(),
      INPUT_OPERATION_KIND: 'scorecard_report',
      INPUT_LANGUAGE: 'zh-CN',
      INPUT_PORT_APP_URL: 'https://quayside.example.com',
    });
    expect(code).toBe(0);
    expect(posted()[0]?.text).toBe('Production Readiness 总览报告');
    expect(JSON.stringify(posted()[0])).toContain('https://quayside.example.com');
  });

  test('says that a region has no meaning and goes on', async () => {
    const { code, text } = await run({ ...settings(), INPUT_PORT_REGION: 'us' });
    expect(code).toBe(0);
    expect(text).toContain('INPUT_PORT_REGION has no meaning here');
  });

  test('sends nothing when there are no entities', async () => {
    entities = [];
    expect(await run(settings())).toMatchObject({
      code: 0,
      text: expect.stringContaining('nothing was sent') as string,
    });
    expect(slack.requests).toEqual([]);
  });

  test('posts a long reminder as several messages in order', async () => {
    entities = Array.from({ length: 300 }, (_, n) => entity(n, `Service ${n} ${'x'.repeat(60)}`));
    const { code, text } = await run(settings());
    expect(code).toBe(0);
    expect(slack.requests.length).toBeGreaterThan(2);
    expect(text).toContain(`Posted ${slack.requests.length} messages to Slack.`);
    expect(posted().map((message) => message.blocks[0]?.text.text)).toEqual(
      posted().map((_, n) => expect.stringContaining(`(${n + 1} of ${slack.requests.length})`) as string),
    );
  });
});

describe('settings', () => {
  test('all mistakes are told together, and nothing is called', async () => {
    const { code, lines } = await run({
      INPUT_OPERATION_KIND: 'scorecard_digest',
      INPUT_TARGET_KIND: 'pager',
      INPUT_SLACK_WEBHOOK_URL: 'hooks.slack.com/services/canary',
      INPUT_FILTER_RULE: '{"property":',
      INPUT_LANGUAGE: 'fr',
      INPUT_BLUEPRINT: ' ',
    });
    expect(code).toBe(2);
    expect(lines.map((line) => /INPUT_\w+/.exec(line)?.[0])).toEqual([
      'INPUT_OPERATION_KIND',
      'INPUT_TARGET_KIND',
      'INPUT_PORT_BASE_URL',
      'INPUT_PORT_CLIENT_ID',
      'INPUT_PORT_CLIENT_SECRET',
      'INPUT_SLACK_WEBHOOK_URL',
      'INPUT_BLUEPRINT',
      'INPUT_SCORECARD',
      'INPUT_FILTER_RULE',
      'INPUT_LANGUAGE',
    ]);
    expect(lines.join('\n')).not.toContain('canary');
    expect(portal.requests).toEqual([]);
  });

  test.each(['ticket_handler', 'issue_handler'])('%s is not yet available', async (kind) => {
    const { code, lines } = await run({ ...settings(), INPUT_OPERATION_KIND: kind, INPUT_TARGET_KIND: 'jira' });
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining(`${kind} is not yet available`)]);
  });

  test.each(['/', '/v1', '/v1/', '///'])('the address may end with %s', async (tail) => {
    const base = portal.url.replace(/\/$/, '');
    expect(await run({ ...settings(), INPUT_PORT_BASE_URL: base + tail })).toMatchObject({ code: 0 });
    expect(portal.requests[0]?.path).toBe('/v1/auth/access_token');
  });
});

describe('when something refuses', () => {
  test('wrong credentials', async () => {
    const { code, text } = await run({ ...settings(), INPUT_PORT_CLIENT_SECRET: 'canary-wrong' });
    expect(code).toBe(1);
    expect(text).toBe(
      'error: Could not sign in: the server answered 401 Invalid credentials. Check the client id and the client secret.',
    );
  });

  test('an unknown scorecard', async () => {
    const { code, text } = await run({ ...settings(), INPUT_SCORECARD: 'x' });
    expect(code).toBe(1);
    expect(text).toContain(
      'Could not read scorecard x of blueprint service: the server answered 404 Scorecard with identifier "x" was not found.',
    );
  });

  test('an address that is not a Quayside', async () => {
    portal.answerWith({ body: '<html>' });
    expect(await run(settings())).toMatchObject({
      code: 1,
      text: expect.stringContaining('Is the address the one of your Quayside?') as string,
    });
  });

  test('a server that is not there', async () => {
    const env = settings();
    await portal.close();
    expect(await run(env)).toMatchObject({
      code: 1,
      text: expect.stringContaining('gave no answer (ECONNREFUSED)') as string,
    });
  });

  test('Slack’s refusal in a sentence', async () => {
    slack.answerWith({ status: 404, body: 'no_service' });
    expect(await run(settings())).toMatchObject({
      code: 1,
      text: expect.stringContaining('Create a new one in the Slack app') as string,
    });
  });

  test('Slack asking to wait is obeyed', async () => {
    slack.faults.add(rateLimited(3), { times: 2 });
    const { code, waits } = await run(settings());
    expect({ code, waits }).toEqual({ code: 0, waits: [3000, 3000] });
    expect(slack.requests).toHaveLength(3);
  });

  test('port-sender defect: rate limits without end lead to a sentence and exit code 1, not to a crash', async () => {
    slack.faults.add(rateLimited(1));
    const { code, text } = await run(settings());
    expect(code).toBe(1);
    expect(text).toContain('Slack asks to send more slowly.');
    expect(slack.requests).toHaveLength(6);
  });

  test('a post without an answer is not repeated', async () => {
    slack.faults.add({ kind: 'reset', after: 'effect' });
    const { code, text } = await run(settings());
    expect(code).toBe(1);
    expect(text).toContain('may stand in the channel already');
    expect(slack.requests).toHaveLength(1);
  });

  test('port-sender defect: no line ever shows the webhook address or the client secret', async () => {
    const output: string[] = [];
    const faults = [
      { kind: 'reset', after: 'receipt' } as const,
      { kind: 'answer', status: 404, body: webhookPath } as const,
    ];
    for (const fault of faults) {
      for (const counterpart of [slack, portal]) {
        const planned = counterpart.faults.add(fault);
        output.push((await run(settings())).text);
        planned.remove();
      }
    }
    expect(output.every((text) => text.includes('error: '))).toBe(true);
    expect(output.join('\n')).not.toMatch(/canary-webhook|canary-client-secret/);
  });
});

test('an unknown command is refused, help lists the known ones', async () => {
  expect(await run({}, ['sned'])).toMatchObject({
    code: 2,
    text: 'error: There is no command "sned". quayside help lists them.',
  });
  expect(await run({}, ['constructor'])).toMatchObject({ code: 2 });
  expect(await run({}, [])).toMatchObject({ code: 0, text: expect.stringContaining('INPUT_PORT_BASE_URL') as string });
  expect(await run({}, ['send', '--help'])).toMatchObject({
    code: 0,
    text: expect.stringContaining('INPUT_SCORECARD') as string,
  });
});

test('a container started without a command sends when it has the sender’s variables, and serves otherwise', () => {
  expect(commandWithoutArguments({ INPUT_OPERATION_KIND: 'scorecard_reminder' })).toBe('send');
  expect(commandWithoutArguments({})).toBe('start');
});
