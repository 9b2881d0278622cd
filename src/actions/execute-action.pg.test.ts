import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readRun, saveAction } from '#testing/test-action.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#testing/webhook-receiver.ts';

let receiver: WebhookReceiver;
let app: TestApp;
let member: Visitor;
let owner: Visitor;
/** The receiver, as an action's method. */
let webhook: { readonly type: 'WEBHOOK'; readonly url: string };

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  webhook = { type: 'WEBHOOK', url: receiver.url };
  app = await startTestApp({ allow: [new URL(receiver.url).host] });
  await app.call('POST', '/v1/teams', { name: 'payments' });
  member = await addPerson(app, { email: 'member@example.com', firstName: 'Mem', lastName: 'Ber' });
  owner = await addPerson(app, { email: 'owner@example.com', teams: ['payments'] });
  const properties = { tier: { type: 'string' }, replicas: { type: 'number' } };
  const definition = { identifier: 'service', title: 'Service', schema: { properties, required: [] } };
  await app.call('POST', '/v1/blueprints', definition);
  for (const [identifier, tier] of [
    ['checkout', '1'],
    ['docs', '3'],
  ]) {
    const entity = { identifier, title: `The ${identifier}`, team: ['payments'], properties: { tier } };
    await app.call('POST', '/v1/blueprints/service/entities', entity);
  }
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

function dayTwo(parts: object = {}): { trigger: Record<string, unknown> } {
  return {
    trigger: { operation: 'DAY-2', blueprintIdentifier: 'service', userInputs: { properties: {} }, ...parts },
  };
}

function withInputs(properties: object, required: readonly string[] = []): { trigger: Record<string, unknown> } {
  return { trigger: { userInputs: { properties, required } } };
}

/** The body that the backend got for a run. */
async function bodyFor(runId: string): Promise<Record<string, unknown>> {
  await app.settle();
  const request = receiver.requests.find(({ body }) => body.toString('utf8').includes(runId));
  return JSON.parse(request?.body.toString('utf8') ?? 'null') as Record<string, unknown>;
}

describe('the entity of an action', () => {
  test('must be named for DAY-2, and must be there', async () => {
    const action = await saveAction(app, webhook, dayTwo());
    for (const entity of [undefined, null, '']) {
      expect(await execute(app, action, entity === undefined ? {} : { entity })).toMatchObject({
        status: 422,
        body: { error: 'missing_self_service_action_entity' },
      });
    }
    expect(await execute(app, action, { entity: 'nowhere' })).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'entity', withValue: 'nowhere' } },
    });
    expect(await begin(app, action, { entity: 'checkout' })).toMatchObject({
      blueprint: { identifier: 'service', title: 'Service', deleted: false },
      entity: { identifier: 'checkout', title: 'The checkout', deleted: false },
    });
  });

  test('is not asked for where the action creates, or has no blueprint', async () => {
    const creating = await saveAction(app, webhook, {
      trigger: { operation: 'CREATE', blueprintIdentifier: 'service' },
    });
    expect(await begin(app, creating)).toMatchObject({ entity: null, blueprint: { identifier: 'service' } });
    const deleting = await saveAction(app, webhook, { trigger: { operation: 'DELETE' } });
    expect(await begin(app, deleting)).toMatchObject({ entity: null, blueprint: null });
  });

  test('must meet the action’s condition', async () => {
    const condition = { type: 'SEARCH', combinator: 'and', rules: [{ property: 'tier', operator: '=', value: '1' }] };
    const action = await saveAction(app, webhook, dayTwo({ condition }));
    await begin(app, action, { entity: 'checkout' });
    expect(await execute(app, action, { entity: 'docs' })).toMatchObject({
      status: 422,
      body: { error: 'entity_does_not_pass_condition', details: { entity: 'docs' } },
    });
  });
});

describe('inputs', () => {
  const properties = {
    text: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
    choice: { type: 'string', enum: ['a', 'b'] },
    count: { type: 'number', minimum: 1, maximum: 9 },
    flag: { type: 'boolean' },
    doc: { type: 'object' },
    list: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    when: { type: 'string', format: 'date-time' },
    link: { type: 'string', format: 'url' },
    mail: { type: 'string', format: 'email' },
    four: { type: 'string', format: 'ipv4' },
    who: { type: 'string', format: 'user' },
    what: { type: 'string', format: 'entity', blueprint: 'service' },
    computed: { type: 'string', enum: { jqQuery: '["x"]' }, default: { jqQuery: '"x"' } },
  };

  test.each([
    ['text', 'x'],
    ['text', 'UPPER'],
    ['text', 7],
    ['choice', 'c'],
    ['count', 10],
    ['count', '3'],
    ['flag', 'true'],
    ['doc', []],
    ['list', ['a', 'b', 'c']],
    ['list', [1]],
    ['when', 'yesterday'],
    ['link', 'not a link'],
    ['mail', 'nobody'],
    ['four', '1.2.3'],
    ['what', 12],
    ['computed', 3],
    ['computed', 'what the form does not offer'],
  ])('%s refuses %j', async (key, value) => {
    const action = await saveAction(app, webhook, withInputs(properties));
    const answer = await execute(app, action, { properties: { [key]: value } });
    expect(answer).toMatchObject({ status: 422, body: { error: 'user_inputs_schema_invalid' } });
    expect(answer.body['message']).toContain(key);
  });

  test('that fit are taken, with what the action does not define and with null for nothing', async () => {
    const given = {
      text: 'ok',
      choice: 'b',
      count: 3,
      flag: false,
      doc: { deep: [1] },
      list: ['a'],
      when: '2026-05-04T10:00:00Z',
      link: 'https://example.com',
      mail: 'a@example.com',
      four: '127.0.0.1',
      who: 'member@example.com',
      what: 'checkout',
      computed: 'x',
      extra: { not: 'defined' },
    };
    const action = await saveAction(app, webhook, withInputs(properties));
    expect(await begin(app, action, { properties: given })).toMatchObject({ properties: given, rawProperties: given });
    expect(await begin(app, action, { properties: { text: null } })).toMatchObject({ properties: { text: null } });
  });

  test('that are missing get their defaults, and required ones are named', async () => {
    const inputs = { region: { type: 'string', default: 'eu-west-1' }, name: { type: 'string' } };
    const action = await saveAction(app, webhook, withInputs(inputs, ['name']));
    const run = await begin(app, action, { properties: { name: 'x' } });
    expect(run).toMatchObject({ properties: { name: 'x', region: 'eu-west-1' }, rawProperties: { name: 'x' } });
    expect((await bodyFor(run.id))['payload']).toMatchObject({ properties: { name: 'x', region: 'eu-west-1' } });
    for (const name of [undefined, null]) {
      const answer = await execute(app, action, { properties: { name } });
      expect(answer).toMatchObject({ status: 422, body: { message: 'Input name is required' } });
    }
  });

  test('that no database could hold are refused at the door', async () => {
    const action = await saveAction(app, webhook);
    for (const value of ['a\u0000b', '\ud800']) {
      expect(await execute(app, action, { properties: { deep: [{ value }] } })).toMatchObject({
        status: 422,
        body: { error: 'invalid_request' },
      });
    }
    expect((await app.call('GET', '/v1/actions/runs/r_%00')).status).toBe(422);
  });

  test.each([
    ['an unknown key', { surprise: true }],
    ['properties that are a list', { properties: [] }],
    ['an entity that is a number', { entity: 7 }],
  ])('a body with %s is refused', async (_case, body) => {
    const action = await saveAction(app, webhook);
    expect(await execute(app, action, body)).toMatchObject({ status: 422, body: { error: 'invalid_request' } });
  });
});

describe('templates', () => {
  test('fill url, headers and body from inputs, entity, run, action and who asked', async () => {
    const action = await saveAction(
      app,
      {
        ...webhook,
        url: `${receiver.url}{{ .inputs.path }}`,
        method: 'PUT',
        headers: { 'x-run': '{{ .run.id }}', 'content-type': 'application/vnd.example+json' },
        body: {
          run: '{{ .run.id }}',
          tier: '{{ .entity.properties.tier }}',
          whole: '{{ .inputs }}',
          by: '{{ .trigger.by.user.email }} via {{ .trigger.origin }}',
          who: '{{ .trigger.by.user | del(.id) }}',
          '{{ spreadValue() }}': '{{ .inputs | with_entries(.key |= ascii_upcase) }}',
          '{{ if .inputs.path == "none" then "dropped" else null end }}': 1,
        },
      },
      dayTwo({ userInputs: { properties: { path: { type: 'string' } } } }),
    );
    const run = await begin(member, action, { entity: 'checkout', properties: { path: 'deep/er' } });
    const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
    expect(await bodyFor(run.id)).toEqual({
      run: run.id,
      tier: '1',
      whole: { path: 'deep/er' },
      by: 'member@example.com via UI',
      who: {
        email: 'member@example.com',
        firstName: 'Mem',
        lastName: 'Ber',
        phoneNumber: '',
        picture: '',
        providers: [],
        status: 'ACTIVE',
        createdAt: expect.stringMatching(instant) as string,
        updatedAt: expect.stringMatching(instant) as string,
      },
      PATH: 'deep/er',
    });
    const request = receiver.requests.at(-1);
    expect(request).toMatchObject({ method: 'PUT', path: '/deep/er' });
    expect(request?.headers).toMatchObject({ 'x-run': run.id, 'content-type': 'application/vnd.example+json' });
    expect((await readRun(app, run.id))['payload']).toMatchObject({
      body: { tier: '1' },
      headers: { 'x-run': run.id },
    });
  });

  test('a method without body sends the older body, and names the run in a header', async () => {
    const run = await begin(app, await saveAction(app, webhook));
    const body = await bodyFor(run.id);
    expect(body).toMatchObject({ resourceType: 'run', context: { runId: run.id } });
    expect(receiver.requests.at(-1)?.headers['run_id']).toBe(run.id);
    // The run shows what was sent, instants included.
    expect((await readRun(app, run.id))['payload']).toMatchObject({ body });
  });

  test('a backend is not told the address where approvers are', async () => {
    const approvalNotification = { type: 'webhook', url: 'https://hooks.example.com/?token=of-the-approvers' };
    const run = await begin(app, await saveAction(app, webhook, { approvalNotification }));
    const text = JSON.stringify(await bodyFor(run.id));
    expect(text).toContain('https://hooks.example.com/');
    expect(text).not.toContain('of-the-approvers');
  });

  test('secrets in headers and addresses do not stand on the run', async () => {
    const secret = 'tok3nthatisverysecretindeed42';
    const action = await saveAction(app, {
      ...webhook,
      url: `${receiver.url}hook?token=${secret}`,
      headers: { Authorization: `Bearer ${secret}`, 'X-Api-Key': secret, Accept: 'text/plain' },
    });
    const run = await begin(app, action);
    await app.settle();
    expect(receiver.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${secret}`);
    const shown = await readRun(app, run.id);
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown['payload']).toMatchObject({ headers: { Accept: 'text/plain' } });
    const audit = await app.call('GET', `/v1/audit-log?run_id=${run.id}`);
    expect(JSON.stringify(audit.body)).not.toContain(secret);
  });

  test('what expressions make of a secret stands neither on the run nor in what the backend tells', async () => {
    const secret = 'canary-to-be-taken-apart-Qn58';
    await app.call('POST', '/v1/organization/secrets', { secretName: 'APART', secretValue: secret });
    const body = {
      run: '{{ .run.id }}',
      basic: '{{ "user:" + .secrets.APART | @base64 }}',
      half: '{{ .secrets.APART[:14] }}',
      mixed: '{{ {open: .inputs.open, code: (.secrets.APART | ascii_upcase)} }}',
    };
    const parts = { trigger: { userInputs: { properties: { open: { type: 'string' } } } } };
    const run = await begin(app, await saveAction(app, { ...webhook, body }, parts), { properties: { open: 'plain' } });
    const sent = await bodyFor(run.id);
    const basic = Buffer.from(`user:${secret}`).toString('base64');
    expect(sent).toMatchObject({ basic, half: 'canary-to-be-t', mixed: { code: secret.toUpperCase() } });
    await app.call('POST', `/v1/actions/runs/${run.id}/logs`, { message: `got ${basic} for plain` });
    const shown = await readRun(app, run.id);
    expect(shown['payload']).toMatchObject({ body: { run: run.id, basic: '…', half: '…', mixed: { open: 'plain' } } });
    const told = JSON.stringify([shown, (await app.call('GET', `/v1/actions/runs/${run.id}/logs`)).body]);
    for (const hidden of [basic, 'canary-to-be-t', secret.toUpperCase()]) expect(told).not.toContain(hidden);
    expect(told).toContain('got … for plain');
  });

  test.each([
    ['an error while it is evaluated', { body: { a: '{{ .inputs | error("broken") }}' } }],
    ['a program that cannot be read', { body: { a: '{{ .inputs | }}' } }],
    ['braces that do not close', { body: { a: '{{ .inputs' } }],
    ['a program without end', { body: { a: '{{ [limit(1e9; repeat(1))] | length }}' } }],
    ['output without end', { body: { a: '{{ "x" * 100000000 }}' } }],
  ])('%s is said before there is a run', async (_case, parts) => {
    const action = await saveAction(app, { ...webhook, ...parts });
    const before = receiver.requests.length;
    const begun = performance.now();
    expect(await execute(app, action)).toMatchObject({
      status: 422,
      body: { error: 'evaluate_invocation_method_error' },
    });
    expect(performance.now() - begun).toBeLessThan(15_000);
    await app.settle();
    expect(receiver.requests).toHaveLength(before);
    const runs = await app.call('GET', `/v1/actions/runs?action=${action}`);
    expect(runs.body['runs']).toEqual([]);
  });

  test.each([
    ['an address that is no text', { url: '{{ .inputs }}' }, 'url'],
    ['an address that is no address', { url: '{{ "nowhere" }}' }, 'url'],
    ['an address without http', { url: 'file:///etc/passwd' }, 'address'],
    ['a method nobody knows', { method: '{{ "FETCH" }}' }, 'method'],
    ['headers that are numbers', { headers: { a: '{{ 7 }}' } }, 'headers'],
    ['another type than it was saved with', { type: 'WEBHOOK', '{{ "type" }}': 'KAFKA' }, 'type'],
  ])('%s is refused', async (_case, parts, words) => {
    const answer = await execute(app, await saveAction(app, { ...webhook, ...parts }));
    expect(answer.status).toBe(422);
    expect(String(answer.body['message']).toLowerCase()).toContain(words);
  });

  test('in the older shape braces are text', async () => {
    await app.call('POST', '/v1/blueprints/service/actions', {
      identifier: 'braces',
      userInputs: { properties: { a: { type: 'string', title: '{{ .x }}' } } },
      invocationMethod: webhook,
      trigger: 'CREATE',
    });
    const answer = await app.call('POST', '/v1/blueprints/service/actions/braces/runs', {
      properties: { a: '{{ .y }}' },
    });
    const run = answer.body['run'] as { id: string };
    expect(JSON.stringify(await bodyFor(run.id))).toContain('{{ .x }}');
  });
});

describe('destinations', () => {
  test('that are private are refused with the name of the setting that permits them', async () => {
    for (const url of [
      'http://127.0.0.1:9/',
      'http://[::1]:9/',
      'http://169.254.169.254/latest',
      'http://localhost:1/',
    ]) {
      const answer = await execute(app, await saveAction(app, { type: 'WEBHOOK', url }));
      expect(answer).toMatchObject({ status: 403, body: { ok: false, error: 'private_destination' } });
      expect(answer.body['message']).toContain('QUAYSIDE_EGRESS_ALLOW');
    }
  });

  test('that no name server knows are refused', async () => {
    const action = await saveAction(app, { type: 'WEBHOOK', url: 'https://nowhere.invalid/' });
    const answer = await execute(app, action);
    expect(answer.body['error']).toMatch(/^(not_resolvable_destination|destination_dns)$/);
  });
});

describe('who may execute', () => {
  test('drafts are executed by nobody', async () => {
    const action = await saveAction(app, webhook, { publish: false });
    expect(await execute(app, action)).toMatchObject({ status: 422, body: { error: 'action_not_published' } });
  });

  test.each([
    ['a person by name', { roles: [], users: ['owner@example.com'] }],
    ['a team', { roles: [], teams: ['payments'] }],
    ['the owners of the entity', { roles: [], ownedByTeam: true }],
  ])('%s may, others may not', async (_case, grant) => {
    const action = await saveAction(app, webhook, dayTwo());
    await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute: grant });
    expect((await execute(owner, action, { entity: 'checkout' })).status).toBe(202);
    expect(await execute(member, action, { entity: 'checkout' })).toMatchObject({
      status: 403,
      body: { error: 'missing_permissions' },
    });
    expect((await execute(app, action, { entity: 'checkout' })).status).toBe(202);
  });

  test('owners of one entity are not owners of another', async () => {
    await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'foreign', title: 'F', team: [] });
    const action = await saveAction(app, webhook, dayTwo());
    await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute: { roles: [], ownedByTeam: true } });
    expect((await execute(owner, action, { entity: 'foreign' })).status).toBe(403);
  });

  test('organisation credentials may run in a person’s name, and the run remembers both', async () => {
    const action = await saveAction(app, webhook);
    const answer = await execute(app, action, {}, '?run_as=member@example.com');
    expect(answer.body['run']).toMatchObject({ createdBy: member.id, impersonatedBy: app.clientId, source: 'API' });
    const { id } = answer.body['run'] as { id: string };
    expect((await bodyFor(id))['trigger']).toMatchObject({ by: { userId: member.id, user: { email: member.email } } });
    const mine = await app.call('GET', `/v1/actions/runs?user_email=member@example.com&action=${action}`);
    expect(mine.body['runs']).toMatchObject([{ id }]);
    // In that person's name means with that person's permissions.
    await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute: { roles: ['Admin'] } });
    expect((await execute(app, action, {}, '?run_as=member@example.com')).status).toBe(403);
    expect((await execute(app, action, {}, '?run_as=nobody@example.com')).status).toBe(404);
    expect((await execute(member, action, {}, '?run_as=owner@example.com')).status).toBe(403);
  });
});

describe('a run', () => {
  test('that needs approval waits, and nothing is called', async () => {
    for (const requiredApproval of [true, { type: 'ANY' }]) {
      const run = await begin(app, await saveAction(app, webhook, { requiredApproval }));
      expect(run.status).toBe('WAITING_FOR_APPROVAL');
      expect(await bodyFor(run.id)).toBeNull();
      const entity = { identifier: 'early', title: 'Early' };
      const early = await app.call('POST', `/v1/blueprints/service/entities?run_id=${run.id}`, entity);
      expect(early).toMatchObject({ status: 400, body: { error: 'run_exhausted' } });
      await app.call('PATCH', `/v1/actions/runs/${run.id}`, { status: 'FAILURE', statusLabel: 'Cancelled' });
      expect(await readRun(app, run.id)).toMatchObject({ status: 'FAILURE', statusLabel: 'Cancelled' });
    }
  });

  test('is begun once for one Idempotency-Key', async () => {
    const action = await saveAction(app, webhook);
    const key = { 'idempotency-key': uniqueName('key') };
    const path = `/v1/actions/${action}/runs`;
    const [one, two] = await Promise.all([
      app.call('POST', path, { properties: { a: 1 } }, key),
      app.call('POST', path, { properties: { a: 1 } }, key),
    ]);
    expect((one.body['run'] as { id: string }).id).toBe((two.body['run'] as { id: string }).id);
    expect((await app.call('POST', path, { properties: { a: 2 } }, key)).status).toBe(409);
    await app.settle();
    expect((await app.call('GET', `/v1/actions/runs?action=${action}`)).body['runs']).toHaveLength(1);
  });

  test('answers in the shape of its action: older route and action, older run', async () => {
    await app.call('POST', '/v1/blueprints/service/actions', {
      identifier: 'older',
      userInputs: { properties: {} },
      invocationMethod: webhook,
      trigger: 'DAY-2',
    });
    const body = { properties: {}, entity: 'checkout' };
    for (const path of ['/v1/blueprints/service/actions/older/runs', '/v1/actions/older/runs']) {
      expect((await app.call('POST', path, body)).body['run']).toMatchObject({
        action: 'older',
        entity: { identifier: 'checkout', title: 'The checkout' },
        relatedEntityExists: true,
      });
      expect((await app.call('POST', `${path}?version=v2`, body)).body['run']).toMatchObject({
        action: { identifier: 'older' },
      });
    }
    expect((await app.call('POST', '/v1/blueprints/service/actions/nowhere/runs', body)).status).toBe(404);
    expect((await app.call('POST', '/v1/actions/nowhere/runs', body)).status).toBe(404);
  });
});
