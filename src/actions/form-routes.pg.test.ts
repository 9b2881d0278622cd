import { createDecipheriv } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readRun, saveAction } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let receiver: WebhookReceiver;
let app: TestApp;
let member: Visitor;
let webhook: { readonly type: 'WEBHOOK'; readonly url: string };

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  webhook = { type: 'WEBHOOK', url: receiver.url };
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  member = await addPerson(app, { email: 'member@example.com' });
  const schema = { properties: { tier: { type: 'string' } }, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  for (const [identifier, tier] of [
    ['checkout', '1'],
    ['docs', '3'],
  ]) {
    const entity = { identifier, title: `The ${identifier}`, properties: { tier } };
    await app.call('POST', '/v1/blueprints/service/entities', entity);
  }
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

const text = { type: 'string' };
const service = { ...text, format: 'entity', blueprint: 'service' };

function withForm(userInputs: object, trigger: object = {}): { trigger: Record<string, unknown> } {
  return { trigger: { userInputs, ...trigger } };
}

async function form(action: string, body: object = {}, caller: Pick<TestApp, 'call'> = member): Promise<TestAnswer> {
  return caller.call('POST', `/api/v1/actions/${action}/form`, body);
}

async function bodyFor(runId: string): Promise<Record<string, unknown>> {
  await app.settle();
  const request = receiver.requests.find((one) => one.body.toString('utf8').includes(runId));
  return JSON.parse(request?.body.toString('utf8') ?? 'null') as Record<string, unknown>;
}

describe('the form of an action', () => {
  test('stands as the inputs, the entity and the person have it', async () => {
    const userInputs = {
      properties: {
        what: service,
        tier: { ...text, default: { jqQuery: '.form.what.properties.tier // .entity.properties.tier' } },
        who: { ...text, default: { jqQuery: '.user.email' } },
        note: { ...text, visible: { jqQuery: '.form.what.identifier == "docs"' } },
      },
      required: { jqQuery: 'if .form.what.identifier == "docs" then ["note"] else [] end' },
    };
    const action = await saveAction(
      app,
      webhook,
      withForm(userInputs, { operation: 'DAY-2', blueprintIdentifier: 'service' }),
    );
    expect((await form(action, { entity: 'checkout' })).body['form']).toMatchObject({
      values: { tier: '1', who: 'member@example.com' },
      inputs: { note: { visible: false, required: false } },
    });
    expect((await form(action, { entity: 'checkout', properties: { what: 'docs' } })).body['form']).toMatchObject({
      values: { what: 'docs', tier: '3' },
      inputs: { note: { visible: true, required: true } },
    });
  });

  test('is refused for what is not there, and for drafts of others', async () => {
    expect((await form('nowhere')).status).toBe(404);
    const draft = await saveAction(app, webhook, { publish: false });
    expect((await form(draft)).status).toBe(404);
    expect((await form(draft, {}, app)).status).toBe(200);
    const action = await saveAction(app, webhook);
    for (const body of [{ surprise: 1 }, { properties: [] }, { entity: 7 }]) {
      expect(await form(action, body)).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
    }
  });

  test('can be looked at before it is saved, by whoever may save it', async () => {
    const userInputs = { properties: { a: { ...text, default: { jqQuery: '.user.email' } } } };
    const path = '/api/v1/action-previews/form';
    expect((await member.call('POST', path, { userInputs })).status).toBe(403);
    expect((await app.call('POST', path, { userInputs })).body['form']).toMatchObject({
      inputs: { a: { visible: true } },
    });
    const broken = { properties: { a: { ...text, enum: { jqQuery: '.a |' } } } };
    expect(await app.call('POST', path, { userInputs: broken })).toMatchObject({
      status: 422,
      body: { details: { errors: [{ path: 'userInputs.properties.a.enum.jqQuery' }] } },
    });
  });
});

describe('saving', () => {
  const broken = { properties: { a: { ...text, visible: { jqQuery: '.form |' } } } };

  test('names the expression that cannot be read, on every route', async () => {
    const expected = {
      status: 422,
      body: {
        error: 'user_inputs_schema_invalid',
        details: { errors: [{ path: 'userInputs.properties.a.visible.jqQuery' }] },
      },
    };
    const trigger = { type: 'self-service', operation: 'CREATE', userInputs: broken };
    const present = { identifier: uniqueName('a'), trigger, invocationMethod: webhook };
    expect(await app.call('POST', '/v1/actions', present)).toMatchObject(expected);
    const saved = await saveAction(app, webhook);
    expect(await app.call('PUT', `/v1/actions/${saved}`, present)).toMatchObject(expected);
    const older = { identifier: 'older', userInputs: broken, invocationMethod: webhook, trigger: 'CREATE' };
    const path = '/v1/blueprints/service/actions';
    expect(await app.call('POST', path, older)).toMatchObject(expected);
    expect(await app.call('POST', path, [older])).toMatchObject(expected);
    expect(await app.call('PUT', path, [older])).toMatchObject(expected);
    expect(await app.call('PUT', `${path}/older`, older)).toMatchObject(expected);
    // Who may not save is told that, and nothing about the form.
    expect(await member.call('POST', '/v1/actions', present)).toMatchObject({ status: 403 });
  });

  test.each<[string, object, string]>([
    [
      'an entity input of an unknown blueprint',
      { userInputs: { properties: { a: { ...service, blueprint: 'x' } } } },
      'blueprint',
    ],
    ['a condition without entities', { condition: { type: 'SEARCH', combinator: 'and', rules: [] } }, 'condition'],
    [
      'a condition that is no query',
      {
        operation: 'DAY-2',
        blueprintIdentifier: 'service',
        condition: { type: 'SEARCH', combinator: 'xor', rules: [] },
      },
      'combinator',
    ],
    [
      'a condition of another type',
      { operation: 'DAY-2', blueprintIdentifier: 'service', condition: { type: 'JQ', expressions: ['true'] } },
      'SEARCH',
    ],
  ])('refuses %s', async (_case, trigger, words) => {
    const body = {
      identifier: uniqueName('a'),
      trigger: { type: 'self-service', operation: 'CREATE', ...trigger },
      invocationMethod: webhook,
    };
    const answer = await app.call('POST', '/v1/actions', body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(words);
  });
});

describe('executing', () => {
  test('asks again for what the form asked: needed when shown, offered, among the choices', async () => {
    const dataset = {
      combinator: 'and',
      rules: [{ property: 'tier', operator: '=', value: { jqQuery: '.form.tier' } }],
    };
    const properties = {
      env: { ...text, enum: ['dev', 'prod'] },
      reason: { ...text, visible: { jqQuery: '.form.env == "prod"' } },
      size: { ...text, enum: { jqQuery: 'if .form.env == "prod" then ["l"] else ["s"] end' } },
      tier: { ...text, default: '1' },
      what: { ...service, dataset },
    };
    const action = await saveAction(app, webhook, withForm({ properties, required: ['env', 'reason'] }));
    const cases: readonly (readonly [object, string | null])[] = [
      [{ env: 'dev' }, null],
      [{ env: 'prod' }, 'reason'],
      [{ env: 'prod', reason: 'x', size: 's' }, 'size'],
      [{ env: 'prod', reason: 'x', size: 'l', what: 'checkout' }, null],
      [{ env: 'dev', what: 'docs' }, 'what'],
      [{ env: 'dev', what: 'docs', tier: '3' }, null],
      [{ env: 'dev', what: 'nowhere' }, 'what'],
    ];
    for (const [given, field] of cases) {
      const answer = await execute(member, action, { properties: given });
      if (field === null) expect(answer.status).toBe(202);
      else {
        expect(answer).toMatchObject({
          status: 422,
          body: { error: 'user_inputs_schema_invalid', details: { errors: [{ property: field }] } },
        });
      }
    }
  });

  test('a value that cannot be checked is refused, what is absent is not', async () => {
    const properties = { a: { ...text, enum: { jqQuery: '.form.b | tonumber | [.]' } }, b: text };
    const action = await saveAction(app, webhook, withForm({ properties }));
    expect((await execute(member, action, { properties: { b: 'x' } })).status).toBe(202);
    const answer = await execute(member, action, { properties: { a: '1', b: 'x' } });
    expect(answer).toMatchObject({ status: 422, body: { details: { errors: [{ property: 'a' }] } } });
    expect(answer.body['message']).toContain('enum');
  });

  test('entities are objects in templates, and identifiers where they are written', async () => {
    const action = await saveAction(
      app,
      {
        ...webhook,
        body: { run: '{{ .run.id }}', one: '{{ .inputs.what.identifier }}', all: '{{ .inputs.list | map(.title) }}' },
      },
      withForm({ properties: { what: service, list: { type: 'array', items: service } } }),
    );
    const given = { what: 'checkout', list: ['docs', 'checkout'] };
    const run = await begin(app, action, { properties: given });
    expect(await bodyFor(run.id)).toMatchObject({ one: 'checkout', all: ['The docs', 'The checkout'] });
    expect(await readRun(app, run.id)).toMatchObject({ properties: given, rawProperties: given });
    const mapping = { identifier: '{{ .inputs.what }}', properties: { tier: '{{ .inputs.what }}' } };
    const upsert = await saveAction(
      app,
      { type: 'UPSERT_ENTITY', blueprintIdentifier: 'service', mapping },
      withForm({ properties: { what: service } }),
    );
    const written = await begin(app, upsert, { properties: { what: 'docs' } });
    await app.settle();
    expect((await readRun(app, written.id)).status).toBe('SUCCESS');
    const entity = await app.call('GET', '/v1/blueprints/service/entities/docs');
    expect(entity.body['entity']).toMatchObject({ properties: { tier: 'docs' } });
  });
});

describe('secret inputs', () => {
  const userInputs = {
    properties: {
      key: { ...text, minLength: 5, encryption: 'aes256-gcm' },
      doc: { type: 'object', encryption: 'aes256-gcm' },
      plain: text,
    },
  };

  function decrypted(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(app.clientSecret).subarray(0, 32),
      bytes.subarray(0, 16),
    );
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(16, -16)), decipher.final()]).toString('utf8');
  }

  test('reach the backend encrypted with the client secret, and stand nowhere else', async () => {
    const body = {
      run: '{{ .run.id }}',
      key: '{{ .inputs.key }}',
      doc: '{{ .inputs.doc }}',
      names: '{{ .action.encryptedProperties }}',
    };
    const action = await saveAction(app, { ...webhook, body }, withForm(userInputs));
    const run = await begin(member, action, {
      properties: { key: 'hunter2-hunter2', doc: { a: 'deep-secret' }, plain: 'x' },
    });
    const sent = await bodyFor(run.id);
    expect(sent['names']).toEqual(['key', 'doc']);
    expect(decrypted(String(sent['key']))).toBe('hunter2-hunter2');
    expect(JSON.parse(decrypted(String(sent['doc'])))).toEqual({ a: 'deep-secret' });
    const shown = await readRun(app, run.id);
    expect(shown).toMatchObject({
      properties: { key: '••••••', doc: '••••••', plain: 'x' },
      rawProperties: { key: '••••••' },
    });
    for (const hidden of ['hunter2-hunter2', 'deep-secret', String(sent['key']), String(sent['doc'])]) {
      expect(JSON.stringify(shown)).not.toContain(hidden);
    }
  });

  test('go into the older body encrypted, named as censored', async () => {
    const action = await saveAction(app, webhook, withForm(userInputs));
    const run = await begin(member, action, { properties: { key: 'hunter2-hunter2' } });
    const { payload } = (await bodyFor(run.id)) as {
      payload: { properties: { key: string }; censoredProperties: unknown };
    };
    expect(payload.censoredProperties).toEqual(['key']);
    expect(decrypted(payload.properties.key)).toBe('hunter2-hunter2');
  });

  test('are checked before they are encrypted, and the refusal keeps them', async () => {
    const action = await saveAction(app, webhook, withForm(userInputs));
    for (const key of ['abc', '••••••', { s3cr3t: 1 }]) {
      const answer = await execute(member, action, { properties: { key } });
      expect(answer).toMatchObject({ status: 422, body: { details: { errors: [{ property: 'key' }] } } });
      expect(JSON.stringify(answer.body)).not.toContain('s3cr3t');
    }
    const answer = await form(action, { properties: { key: 'hunter2-hunter2' } });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });
});
