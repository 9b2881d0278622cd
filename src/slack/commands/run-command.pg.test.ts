import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchSlackHttp } from '#cli/fetch-slack-http.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { slackRefusal } from '#sample/counterparts/faults.ts';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';
import { objectsOf } from '../web-api-client.ts';
import { callSlack } from '../web-api-client.ts';

type Json = Readonly<Record<string, unknown>>;
interface View {
  readonly id: string;
  readonly title: { readonly text: string };
  readonly blocks: readonly Json[];
}

let slack: SlackCounterpart;
let app: TestApp;
let backend: WebhookReceiver;
const people = new Map<string, string>();

beforeAll(async () => {
  slack = await startSlackCounterpart({
    fetch,
    users: [{ name: 'dev' }, { name: 'outsider' }, { name: 'nobody' }, { name: 'leser' }],
  });
  backend = await startWebhookReceiver();
  app = await startTestApp({
    allow: [new URL(slack.origin).host, new URL(backend.url).host],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  for (const user of await slack.users()) people.set(user.name, user.id);
  await addPerson(app, { email: 'dev@example.com', firstName: 'Dev', lastName: 'Eloper' });
  await addPerson(app, { email: 'outsider@example.com' });
  const reader = await addPerson(app, { email: 'leser@example.com' });
  await reader.call('PATCH', '/api/v1/session/preferences', { language: 'zh-CN' });
  await fillCatalog();
  await app.settle();
});
afterAll(async () => {
  await app.stop();
  await backend.close();
  await slack.close();
});
beforeEach(() => slack.faults.clear());

async function fillCatalog(): Promise<void> {
  const properties = { tier: { type: 'string' } };
  for (const identifier of ['service', 'vault']) {
    await app.call('POST', '/v1/blueprints', { identifier, title: identifier, schema: { properties, required: [] } });
  }
  const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: false };
  await app.call('PATCH', '/v1/blueprints/vault/permissions', { entities: { read } });
  for (const [identifier, title] of [
    ['checkout', 'Checkout'],
    ['cart', 'Cart'],
  ]) {
    await app.call('POST', '/v1/blueprints/service/entities', { identifier, title, properties: { tier: identifier } });
  }
  await app.call('POST', '/v1/blueprints/vault/entities', { identifier: 'hidden-checkout', title: 'Checkout keys' });
  await save('scaffold', 'Scaffold a service', scaffold);
  await save(
    'restart',
    'Restart a service',
    { properties: {} },
    { operation: 'DAY-2', blueprintIdentifier: 'service' },
  );
  await save('rotate', 'Rotate a key', { properties: { key: { type: 'string', encryption: 'aes256-gcm' } } });
  await save('closed', 'Closed to most', { properties: {} });
  await app.call('PATCH', '/v1/actions/closed/permissions', { execute: { roles: ['Admin'], users: [], teams: [] } });
}

/** One input of each kind, and one that is asked for only after another. */
const scaffold = {
  properties: {
    name: { type: 'string', title: 'Name', pattern: '^[a-z-]+$', description: 'In *small* letters' },
    kind: { type: 'string', enum: ['api', 'job'], default: 'api' },
    replicas: { type: 'number', minimum: 1, maximum: 9 },
    open: { type: 'boolean', default: false },
    owner: { type: 'string', format: 'user' },
    after: { type: 'string', format: 'entity', blueprint: 'service' },
    from: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: { type: 'string' } },
    schedule: { type: 'string', visible: { jqQuery: '.form.kind == "job"' } },
  },
  required: ['name'],
  order: ['name', 'kind', 'schedule', 'replicas', 'open', 'owner', 'after', 'from', 'tags'],
};

async function save(identifier: string, title: string, userInputs: object, trigger: object = {}): Promise<void> {
  const saved = await app.call('POST', '/v1/actions', {
    identifier,
    title,
    trigger: { type: 'self-service', operation: 'CREATE', userInputs, ...trigger },
    invocationMethod: {
      type: 'WEBHOOK',
      url: backend.url,
      body: { inputs: '{{ .inputs }}', run: '{{ .run.id }}', entity: '{{ .entity.identifier }}' },
    },
  });
  expect(saved.body).toMatchObject({ ok: true });
}

async function write(text: string, user = 'dev'): Promise<Json> {
  const answer = await slack.runCommand({ text, user });
  expect(answer).toMatchObject({ status: 200, body: '' });
  await app.settle();
  return (slack.ephemerals.at(-1) ?? {}) as unknown as Json;
}

async function openedBy(text: string, user = 'dev'): Promise<View> {
  const before = slack.views.size;
  await write(text, user);
  expect(slack.views.size).toBe(before + 1);
  return latestView();
}

function latestView(): View {
  return [...slack.views.values()].at(-1) as unknown as View;
}

function viewOf(id: string): View {
  return slack.views.get(id) as unknown as View;
}

function inputs(view: View): readonly string[] {
  return view.blocks.flatMap((block) => (block['type'] === 'input' ? [String(block['block_id'])] : []));
}

const text = (value: string | null): Json => ({ value: { type: 'plain_text_input', value } });
const chosen = (value: unknown, type = 'static_select'): Json => ({
  value: { type, selected_option: value === null ? null : { value: JSON.stringify(value) } },
});

/** What stands in the form of `scaffold` when nothing was changed but the name. */
function filled(given: Json = {}): Record<string, unknown> {
  return {
    'input:name': text('new-service'),
    'input:kind': chosen('api'),
    'input:replicas': { value: { type: 'number_input', value: null } },
    'input:open': chosen(false, 'radio_buttons'),
    'input:owner': chosen(null, 'external_select'),
    'input:after': chosen(null, 'external_select'),
    'input:from': { value: { type: 'datetimepicker', selected_date_time: null } },
    'input:tags': text(null),
    ...given,
  };
}

async function submit(view: View, values: Record<string, unknown>, user = 'dev'): Promise<Json> {
  const answer = await slack.submitView({ viewId: view.id, user, values });
  expect(answer.status).toBe(200);
  return answer.body === '' ? {} : (JSON.parse(answer.body) as Json);
}

async function runsOf(action: string): Promise<readonly Json[]> {
  const answer = await app.call('GET', `/v1/actions/runs?version=v2&limit=50&action=${action}`);
  return answer.body['runs'] as readonly Json[];
}

/** Direct messages of the app to somebody, newest first. */
async function directMessages(user: string): Promise<readonly Json[]> {
  const account = { token: slack.botToken, apiUrl: slack.apiUrl };
  const opened = await callSlack(fetchSlackHttp, account, 'conversations.open', { users: people.get(user) ?? '' });
  const channel = opened.ok ? (opened.json['channel'] as { id: string }).id : '';
  const history = await callSlack(fetchSlackHttp, account, 'conversations.history', { channel });
  return history.ok ? objectsOf(history.json['messages']) : [];
}

describe('/quayside', () => {
  test('says what it can do', async () => {
    for (const words of ['', 'help', '  HELP ']) expect((await write(words))['text']).toBe('What you can do here');
    expect((await write('help', 'leser'))['text']).toBe('可以这样使用');
  });

  test('asks whoever is not known here to link their account, and does nothing for them', async () => {
    const told = await write('checkout', 'nobody');
    expect(told['text']).toContain('not linked');
    expect(JSON.stringify(told['blocks'])).toContain('/slack/link/');
  });

  test('finds what the person may see, and nothing else', async () => {
    const found = JSON.stringify((await write('checkout'))['blocks']);
    expect(found).toContain(`${app.url}/catalog/service/checkout|Checkout`);
    expect(found).not.toContain('keys');
    const nothing = await write('<!channel> *none*');
    expect(nothing['text']).toContain('Nothing you may see');
    expect(nothing['text']).not.toContain('<!channel>');
  });

  test('lists actions that the person may run', async () => {
    const listed = JSON.stringify((await write('run'))['blocks']);
    expect(listed).toContain('Scaffold a service');
    expect(listed).not.toContain('Closed to most');
  });

  test.each([
    ['run closed', 'You may not execute'],
    ['run nothing-like-it', 'There is no such action'],
  ])('refuses "%s" in words', async (words, told) => {
    const before = slack.views.size;
    expect((await write(words))['text']).toContain(told);
    expect(slack.views.size).toBe(before);
  });

  test('that is not signed is refused', async () => {
    const answer = await fetch(`${app.url}/notifications/callbacks/slack`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': '1',
        'x-slack-signature': 'v0=1',
      },
      body: 'command=/quayside&text=help',
    });
    expect(answer.status).toBe(401);
  });

  test('offers a button where Slack’s three seconds were over, which opens the form', async () => {
    slack.faults.add(slackRefusal('expired_trigger_id'), { match: ({ path }) => path === '/api/views.open', times: 1 });
    const told = await write('run scaffold');
    const [, offered] = told['blocks'] as readonly { elements: readonly { value: string; action_id: string }[] }[];
    const button = offered?.elements[0];
    expect(button?.action_id).toBe('quayside:run');
    const { ts } = await post(told['blocks'] as readonly object[]);
    const before = slack.views.size;
    await slack.click({ channel: 'general', ts, actionId: 'quayside:run', user: 'dev' });
    await app.settle();
    expect(slack.views.size).toBe(before + 1);
  });
});

async function post(blocks: readonly object[]): Promise<{ ts: string }> {
  const account = { token: slack.botToken, apiUrl: slack.apiUrl };
  const posted = await callSlack(fetchSlackHttp, account, 'chat.postMessage', {
    channel: 'general',
    text: 'x',
    blocks,
  });
  return { ts: posted.ok ? String(posted.json['ts']) : '' };
}

describe('the form of an action', () => {
  test('asks what the portal asks, in its order', async () => {
    const view = await openedBy('run Scaffold a service');
    expect(view.title.text).toBe('Scaffold a service');
    expect(inputs(view).map((block) => block.replace('input:', ''))).toEqual([
      'name',
      'kind',
      'replicas',
      'open',
      'owner',
      'after',
      'from',
      'tags',
    ]);
    const element = (key: string): Json =>
      view.blocks.find((block) => block['block_id'] === `input:${key}`)?.['element'] as Json;
    expect(element('kind')).toMatchObject({ type: 'static_select', initial_option: { value: '"api"' } });
    expect(element('replicas')).toMatchObject({ type: 'number_input', min_value: '1', max_value: '9' });
    expect(element('open')).toMatchObject({ type: 'radio_buttons', initial_option: { value: 'false' } });
    expect(element('owner')).toMatchObject({ type: 'external_select' });
    expect(element('from')).toMatchObject({ type: 'datetimepicker' });
    expect(view.blocks.find((block) => block['block_id'] === 'input:name')).toMatchObject({ optional: false });
  });

  test('is in the reader’s language', async () => {
    const view = (await openedBy('run scaffold', 'leser')) as unknown as { submit: { text: string } };
    expect(view.submit.text).toBe('执行');
  });

  test('asks for more when an answer makes it necessary', async () => {
    const view = await openedBy('run scaffold');
    await slack.clickView({
      viewId: view.id,
      user: 'dev',
      action: {
        type: 'static_select',
        action_id: 'value',
        block_id: 'input:kind',
        selected_option: { value: '"job"' },
      },
      values: filled({ 'input:kind': chosen('job') }),
    });
    await app.settle();
    expect(inputs(viewOf(view.id))).toContain('input:schedule');
  });

  test('offers entities and people as they are looked for, and only those the person may see', async () => {
    const view = await openedBy('run scaffold');
    const offered = async (blockId: string, words: string, user = 'dev'): Promise<readonly string[]> => {
      const answer = await slack.suggest({ viewId: view.id, user, blockId, actionId: 'value', text: words });
      expect(answer.status).toBe(200);
      const { options } = JSON.parse(answer.body) as { options: readonly { text: { text: string } }[] };
      return options.map((option) => option.text.text);
    };
    expect(await offered('input:after', 'check')).toEqual(['Checkout']);
    expect(await offered('input:after', '')).toEqual(expect.arrayContaining(['Cart', 'Checkout']));
    expect(await offered('input:owner', 'dev')).toEqual(['Dev Eloper (dev@example.com)']);
    expect(await offered('input:name', 'x')).toEqual([]);
    expect(await offered('nonsense', 'x')).toEqual([]);
    expect(await offered('input:after', 'check', 'nobody')).toEqual([]);
  });

  test('with a secret is filled in in the portal', async () => {
    const view = await openedBy('run rotate');
    expect(inputs(view)).toEqual([]);
    expect(JSON.stringify(view.blocks)).toContain(`${app.url}/self-service?action=rotate`);
  });

  test('says what is wrong at its field, and runs nothing', async () => {
    const view = await openedBy('run scaffold');
    const before = (await runsOf('scaffold')).length;
    expect(await submit(view, filled({ 'input:name': text('NOT OK'), 'input:replicas': text('99') }))).toEqual({
      response_action: 'errors',
      errors: { 'input:name': expect.stringContaining('pattern'), 'input:replicas': expect.stringContaining('9') },
    });
    expect(await submit(view, filled({ 'input:name': text(null) }))).toMatchObject({
      errors: { 'input:name': 'is required' },
    });
    expect(await submit(view, filled({ 'input:after': chosen('hidden-checkout') }))).toMatchObject({
      errors: { 'input:after': expect.stringContaining('no such entity') },
    });
    await app.settle();
    expect(await runsOf('scaffold')).toHaveLength(before);
  });

  test('runs the action once, as the person, and a direct message follows it to its end', async () => {
    const view = await openedBy('run scaffold');
    const values = filled({
      'input:replicas': { value: { type: 'number_input', value: '3' } },
      'input:open': chosen(true, 'radio_buttons'),
      'input:owner': chosen('dev@example.com', 'external_select'),
      'input:after': chosen('checkout', 'external_select'),
      'input:from': { value: { type: 'datetimepicker', selected_date_time: 1_800_000_000 } },
      'input:tags': text('one\n two \n'),
    });
    expect(await submit(view, values)).toMatchObject({ response_action: 'update' });
    await app.settle();
    const [run] = await runsOf('scaffold');
    expect(run).toMatchObject({
      status: 'IN_PROGRESS',
      source: 'SLACK',
      properties: {
        name: 'new-service',
        kind: 'api',
        replicas: 3,
        open: true,
        owner: 'dev@example.com',
        from: '2027-01-15T08:00:00.000Z',
        tags: ['one', 'two'],
      },
    });
    expect(JSON.stringify(viewOf(view.id).blocks)).toContain(`${app.url}/runs/${String(run?.['id'])}`);
    const [message] = await directMessages('dev');
    expect(message).toMatchObject({ text: expect.stringContaining('running') });
    await app.call('PATCH', `/v1/actions/runs/${String(run?.['id'])}`, {
      status: 'SUCCESS',
      statusLabel: 'All *done*',
    });
    await app.settle();
    const [ended, ...others] = await directMessages('dev');
    expect(ended).toMatchObject({ ts: message?.['ts'], text: expect.stringContaining('succeeded') });
    expect(JSON.stringify(ended?.['blocks'])).toContain('All ∗done∗');
    expect(others).toEqual([]);
  });

  test('works on the entity that was named or chosen', async () => {
    const named = await openedBy('run restart checkout');
    expect(JSON.stringify(named.blocks)).toContain('"initial_option"');
    const chooses = (identifier: string | null): Record<string, unknown> => ({ entity: chosen(identifier) });
    expect(await submit(named, chooses(null))).toMatchObject({
      response_action: 'errors',
      errors: { entity: expect.any(String) },
    });
    expect(await submit(named, chooses('cart'))).toMatchObject({ response_action: 'update' });
    await app.settle();
    expect((await runsOf('restart'))[0]).toMatchObject({ entity: { identifier: 'cart' } });
  });

  test('starts nothing for somebody who lost the right to it after they opened it', async () => {
    const view = await openedBy('run restart checkout', 'outsider');
    await app.call('PATCH', '/v1/actions/restart/permissions', { execute: { roles: ['Admin'], users: [], teams: [] } });
    const before = (await runsOf('restart')).length;
    const answer = await submit(view, { entity: chosen('checkout') }, 'outsider');
    expect(JSON.stringify(answer)).toContain('You may not execute');
    await app.settle();
    expect(await runsOf('restart')).toHaveLength(before);
    await app.call('PATCH', '/v1/actions/restart/permissions', { execute: { roles: ['Member', 'Admin'] } });
  });

  test('starts nothing for somebody who was deactivated in Slack meanwhile', async () => {
    const view = await openedBy('run restart checkout', 'outsider');
    const before = (await runsOf('restart')).length;
    await app.database.database.pool.query(`update slack_identity set checked_at = checked_at - interval '1 hour'`);
    slack.faults.add(
      { kind: 'answer', status: 200, body: '{"ok":true,"user":{"id":"U1","deleted":true}}' },
      { match: ({ path }) => path === '/api/users.info', times: 1 },
    );
    expect(await submit(view, { entity: chosen('checkout') }, 'outsider')).toMatchObject({ response_action: 'update' });
    await app.settle();
    expect(await runsOf('restart')).toHaveLength(before);
  });

  test('tells the person when Slack was away, once it is back', async () => {
    const view = await openedBy('run restart cart');
    slack.faults.add(
      { kind: 'answer', status: 503, body: '' },
      { match: ({ path }) => path === '/api/chat.postMessage' },
    );
    await submit(view, { entity: chosen('cart') });
    await app.settle();
    expect((await runsOf('restart'))[0]).toMatchObject({ entity: { identifier: 'cart' } });
    const run = String((await runsOf('restart'))[0]?.['id']);
    const written = JSON.stringify(await directMessages('dev'));
    expect(written).not.toContain(run);
    slack.faults.clear();
    await app.call('PATCH', `/v1/actions/runs/${run}`, { status: 'FAILURE' });
    await app.settle();
    expect(JSON.stringify(await directMessages('dev'))).toContain(run);
  });
});
