import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let member: Visitor;
let admin: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  member = await addPerson(app, { email: 'member@example.com' });
  admin = await addPerson(app, { email: 'boss@example.com', roles: ['Admin'] });
  const schema = { properties: { tier: { type: 'string' } }, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  const entity = { identifier: 'checkout', title: 'Checkout', properties: { tier: '1' } };
  await app.call('POST', '/v1/blueprints/service/entities', entity);
  await app.call('POST', '/v1/organization/secrets', { secretName: 'TOKEN', secretValue: 'very-secret-value' });
});
afterAll(async () => app.stop());

const properties = {
  env: { type: 'string', default: 'dev' },
  what: { type: 'string', format: 'entity', blueprint: 'service' },
  key: { type: 'string', encryption: 'aes256-gcm' },
};
const trigger = { operation: 'DAY-2', blueprintIdentifier: 'service', userInputs: { properties } };

async function preview(
  invocationMethod: object,
  parts: object = {},
  caller: Pick<TestApp, 'call'> = admin,
): Promise<TestAnswer> {
  return caller.call('POST', '/api/v1/action-previews/request', {
    trigger,
    invocationMethod,
    entity: 'checkout',
    ...parts,
  });
}

test('shows what a run of the reader would send, over a real entity and inputs', async () => {
  const method = {
    type: 'WEBHOOK',
    url: 'https://example.com/{{ .inputs.env }}?token=abc',
    headers: { Authorization: 'Bearer {{ .secrets.TOKEN }}', 'x-by': '{{ .trigger.by.user.email }}' },
    body: {
      tier: '{{ .entity.properties.tier }}',
      what: '{{ .inputs.what.title }}',
      names: '{{ .action.encryptedProperties }}',
    },
  };
  const answer = await preview(method, { properties: { what: 'checkout', key: 'typed-secret' } });
  expect(answer.body['preview']).toEqual({
    rendered: {
      type: 'WEBHOOK',
      url: 'https://example.com/dev?token=…',
      headers: { Authorization: '…', 'x-by': 'boss@example.com' },
      body: { tier: '1', what: 'Checkout', names: ['key'] },
    },
    problems: [],
  });
});

test('no expression can take a secret apart', async () => {
  const body = {
    a: '{{ .secrets.TOKEN }}',
    b: '{{ .secrets.TOKEN | explode }}',
    c: '{{ .secrets | tostring | @base64 }}',
    d: '{{ .inputs.key | length }}',
    e: '{{ .inputs.key }}',
  };
  const answer = await preview(
    { type: 'WEBHOOK', url: 'https://example.com', body },
    { properties: { key: 'typed-secret' } },
  );
  const text = JSON.stringify(answer.body);
  for (const hidden of [
    'very-secret-value',
    'typed-secret',
    Buffer.from('very-secret').toString('base64').slice(0, 8),
  ]) {
    expect(text).not.toContain(hidden);
  }
  expect(answer.body['preview']).toMatchObject({ rendered: { body: { a: '••••••', e: '••••••', d: 6 } } });
});

test('tells every failure at its place and renders the rest', async () => {
  const body = {
    a: '{{ .entity.properties | tonumber }}',
    b: ['{{ .x | }}'],
    c: '{{ .secrets.NONE }}',
    d: '{{ .inputs.env }}',
  };
  const answer = await preview({ type: 'WEBHOOK', url: 'https://example.com', body });
  expect(answer.body['preview']).toMatchObject({
    rendered: { body: { a: null, b: [null], d: 'dev' } },
    problems: [
      { path: '$.body.b[0]', expression: ' .x | ', certain: true },
      { path: '$.body.a', message: 'a value of type object cannot be parsed as a number', certain: false },
      { path: '$.body.c', message: 'there is no secret named "NONE"', certain: false },
    ],
  });
  const open = await preview({ type: 'WEBHOOK', url: 'https://example.com', body: { a: '{{ .b' } });
  expect(open.body['preview']).toMatchObject({ rendered: null, problems: [{ path: '$.body.a', certain: true }] });
});

test('a webhook without a body shows the one it sends', async () => {
  const answer = await preview({ type: 'WEBHOOK', url: 'https://example.com' });
  expect(answer.body['preview']).toMatchObject({
    rendered: { body: { resourceType: 'run', context: { entity: 'checkout' } } },
  });
});

test('is for those who may change actions, and refuses what is no action', async () => {
  expect((await preview({ type: 'WEBHOOK' }, {}, member)).status).toBe(403);
  expect((await preview({ type: 'WEBHOOK' }, { surprise: 1 })).status).toBe(422);
  expect((await preview({ type: 'WEBHOOK' }, { entity: 7 })).status).toBe(422);
  expect((await preview({ type: 'WEBHOOK' }, { trigger: { ...trigger, blueprintIdentifier: 'nowhere' } })).status).toBe(
    404,
  );
  const userInputs = { properties: { a: { type: 'fax' } } };
  expect((await preview({ type: 'WEBHOOK' }, { trigger: { ...trigger, userInputs } })).status).toBe(422);
});
