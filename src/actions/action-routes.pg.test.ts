import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
let member: Visitor;
beforeAll(async () => {
  app = await startTestApp();
  member = await addPerson(app, { email: 'member@example.com' });
});
afterAll(async () => app.stop());

async function blueprint(): Promise<string> {
  const identifier = uniqueName('bp');
  await app.call('POST', '/v1/blueprints', { identifier, title: 'Thing', schema: { properties: {}, required: [] } });
  return identifier;
}

function action(identifier: string, parts: object = {}): Record<string, unknown> {
  return {
    identifier,
    title: 'Scale',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [] } },
    invocationMethod: { type: 'WEBHOOK', url: 'https://example.com' },
    ...parts,
  };
}

function legacy(identifier: string, parts: object = {}): Record<string, unknown> {
  return {
    identifier,
    title: 'Scale',
    userInputs: { properties: { size: { type: 'string' } } },
    invocationMethod: { type: 'WEBHOOK', url: 'https://example.com', agent: false },
    trigger: 'CREATE',
    description: 'Makes it larger',
    ...parts,
  };
}

async function identifiersOf(bp: string): Promise<readonly string[]> {
  const answer = await app.call('GET', `/v1/blueprints/${bp}/actions`);
  return (answer.body['actions'] as { identifier: string }[]).map(({ identifier }) => identifier);
}

describe('the present routes', () => {
  test('what is saved is read back, with its stamps and a version to edit by', async () => {
    const given = action(uniqueName('a'), {
      icon: 'Rocket',
      description: 'Makes it larger',
      requiredApproval: false,
      approvalNotification: { type: 'email' },
      publish: true,
      allowAnyoneToViewRuns: false,
    });
    const path = `/v1/actions/${String(given['identifier'])}`;
    expect((await app.call('POST', '/v1/actions', given)).body['action']).toMatchObject(given);
    const read = await app.call('GET', path);
    expect(read.body['action']).toMatchObject({
      ...given,
      id: expect.stringMatching(/^action_\w{16}$/) as string,
      createdBy: app.clientId,
      updatedBy: app.clientId,
    });
    // As Terraform does: everything that was read is sent back.
    const changed = { ...(read.body['action'] as object), title: 'Grow' };
    const put = await app.call('PUT', path, changed, { 'if-match': read.headers.get('etag') ?? '' });
    expect(put.body['action']).toMatchObject({ title: 'Grow' });
    const late = await app.call('PUT', path, changed, { 'if-match': read.headers.get('etag') ?? '' });
    expect(late).toMatchObject({ status: 412, body: { error: 'stale_version' } });
    expect((await app.call('DELETE', path)).body).toEqual({ ok: true });
    expect((await app.call('GET', path)).status).toBe(404);
  });

  test('inputs keep the order in which they were written', async () => {
    const properties = Object.fromEntries(['zebra', 'a', 'middle', 'b1'].map((key) => [key, { type: 'string' }]));
    const given = action(uniqueName('a'), {
      trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties } },
    });
    await app.call('POST', '/v1/actions', given);
    const read = await app.call('GET', `/v1/actions/${String(given['identifier'])}`);
    const { trigger } = read.body['action'] as { trigger: { userInputs: { properties: object } } };
    expect(Object.keys(trigger.userInputs.properties)).toEqual(['zebra', 'a', 'middle', 'b1']);
  });

  test('Port’s own extremes are taken: DELETE without a blueprint, KAFKA without a payload', async () => {
    const trigger = { type: 'self-service', operation: 'DELETE', userInputs: { properties: {} } };
    const given = action(uniqueName('a'), { trigger, invocationMethod: { type: 'KAFKA' } });
    expect((await app.call('POST', '/v1/actions', given)).body).toMatchObject({ ok: true });
  });

  test('the list is filtered by every filter at once', async () => {
    const bp = await blueprint();
    const trigger = {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: bp,
      userInputs: { properties: {} },
    };
    const [one, two] = [uniqueName('a'), uniqueName('a')];
    await app.call('POST', '/v1/actions', action(one, { trigger }));
    await app.call('POST', '/v1/actions', action(two, { trigger, publish: false }));
    const list = async (query: string): Promise<readonly string[]> => {
      const answer = await app.call('GET', `/v1/actions?${query}`);
      return (answer.body['actions'] as { identifier: string }[]).map(({ identifier }) => identifier);
    };
    expect(await list(`blueprint_identifier=${bp}`)).toEqual([one, two]);
    expect(await list(`blueprint_identifier=${bp}&published=false`)).toEqual([two]);
    expect(await list(`action_identifier=${one}&action_identifier=${two}&operation=DAY-2`)).toEqual([one, two]);
    expect(await list(`action_identifier=${one},${two}&operation=CREATE`)).toEqual([]);
    for (const automation of ['trigger_type=automation', 'trigger_event=ENTITY_UPDATED']) {
      expect(await list(`blueprint_identifier=${bp}&${automation}`)).toEqual([]);
    }
    expect(await list(`blueprint_identifier=${bp}&trigger_event_action_identifier=${one}`)).toEqual([]);
    expect(await list(`blueprint_identifier=${bp}&trigger_type=self-service`)).toEqual([one, two]);
    const older = await app.call('GET', `/v1/actions?version=v1&action_identifier=${one}`);
    expect(older.body['actions']).toMatchObject([{ identifier: one, trigger: 'DAY-2', blueprint: bp }]);
  });

  test('drafts are shown only to those who may finish them', async () => {
    const draft = uniqueName('a');
    await app.call('POST', '/v1/actions', action(draft, { publish: false }));
    const seen = await member.call('GET', `/v1/actions?action_identifier=${draft}`);
    expect(seen.body).toEqual({ ok: true, actions: [] });
    expect((await member.call('GET', `/v1/actions?published=false&action_identifier=${draft}`)).body).toEqual(
      seen.body,
    );
    expect((await app.call('GET', `/v1/actions?action_identifier=${draft}`)).body['actions']).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a webhook', { type: 'WEBHOOK', url: '' }, 'url'],
    ['a webhook of blanks', { type: 'WEBHOOK', url: ' ' }, 'url'],
    ['a workflow', { type: 'GITHUB', org: 'a', repo: '', workflow: 'c.yml' }, 'repo'],
    ['a pipeline', { type: 'GITLAB', groupName: 'a', projectName: '' }, 'projectName'],
    ['an incoming webhook', { type: 'AZURE_DEVOPS', org: 'a', webhook: '' }, 'webhook'],
  ])('%s without its address is a draft by itself, not executed, and not published', async (_case, method, key) => {
    const field = `invocationMethod.${key}`;
    const given = action(uniqueName('a'), { invocationMethod: method });
    const identifier = String(given['identifier']);
    const made = await app.call('POST', '/v1/actions', { ...given, publish: true });
    expect(made).toMatchObject({ status: 200, body: { action: { publish: false, invocationMethod: method } } });
    expect((await member.call('GET', `/v1/actions?action_identifier=${identifier}`)).body['actions']).toEqual([]);
    const run = await app.call('POST', `/v1/actions/${identifier}/runs`, { properties: {} });
    expect(run).toMatchObject({ status: 422, body: { error: 'action_not_published', details: { field } } });
    expect(run.body['message']).toContain(`${field} is still blank`);

    const path = `/v1/actions/${identifier}`;
    const published = await app.call('PUT', path, { ...given, publish: true });
    expect(published).toMatchObject({ status: 422, body: { error: 'action_not_complete', details: { field } } });
    expect(await app.call('PUT', path, { ...given, title: 'Later' })).toMatchObject({
      status: 200,
      body: { action: { publish: false, title: 'Later' } },
    });
    const whole = { ...given, invocationMethod: { ...method, [key]: 'https://example.com' }, publish: true };
    expect(await app.call('PUT', path, whole)).toMatchObject({ status: 200, body: { action: { publish: true } } });
  });

  test.each([
    ['an unknown key', { surprise: 1 }, 'invalid_request', 'surprise'],
    ['no method', { invocationMethod: undefined }, 'invalid_request', 'invocationMethod'],
    ['an unknown kind of method', { invocationMethod: { type: 'FAX' } }, 'invalid_request', 'type'],
    ['a webhook without url', { invocationMethod: { type: 'WEBHOOK' } }, 'invalid_request', 'invocationMethod.url'],
    [
      'GitHub without workflow',
      { invocationMethod: { type: 'GITHUB', org: 'a', repo: 'b' } },
      'invalid_request',
      'workflow',
    ],
    ['a slash in its name', { identifier: 'a/b' }, 'invalid_request', 'identifier'],
    ['an automation', { trigger: { type: 'automation', event: {} } }, 'invalid_request', 'self-service'],
    [
      'an input of no type',
      { trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: { a: { type: 'fax' } } } } },
      'user_inputs_schema_invalid',
      'a',
    ],
    [
      'a required input that is not there',
      { trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: ['b'] } } },
      'user_inputs_schema_invalid',
      'unknown input',
    ],
    [
      'a default that its own input refuses',
      {
        trigger: {
          type: 'self-service',
          operation: 'CREATE',
          userInputs: { properties: { a: { type: 'number', default: 'x' } } },
        },
      },
      'user_inputs_schema_invalid',
      'a',
    ],
    [
      'a button with a novel on it',
      { trigger: { ...(action('x')['trigger'] as object), actionCardButtonText: 'x'.repeat(16) } },
      'invalid_request',
      'actionCardButtonText',
    ],
    ['a NUL in its title', { title: 'a\u0000b' }, 'invalid_request', 'NUL'],
    ['half a surrogate pair', { title: 'a\ud800' }, 'invalid_request', 'surrogate'],
  ])('refuses %s', async (_case, parts, error, words) => {
    const answer = await app.call('POST', '/v1/actions', action(uniqueName('a'), parts));
    expect(answer).toMatchObject({ status: 422, body: { ok: false, error } });
    expect(JSON.stringify(answer.body)).toContain(words);
  });

  test('refuses an unknown blueprint and a taken name', async () => {
    const trigger = { type: 'self-service', operation: 'DAY-2', blueprintIdentifier: 'nowhere' };
    expect(await app.call('POST', '/v1/actions', action(uniqueName('a'), { trigger }))).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'blueprint', withValue: 'nowhere' } },
    });
    const taken = uniqueName('a');
    await app.call('POST', '/v1/actions', action(taken));
    expect(await app.call('POST', '/v1/actions', action(taken))).toMatchObject({
      status: 409,
      body: { error: 'identifier_taken' },
    });
    const other = uniqueName('a');
    await app.call('POST', '/v1/actions', action(other));
    expect((await app.call('PUT', `/v1/actions/${other}`, action(taken))).status).toBe(409);
  });

  test('a member may read and not write', async () => {
    const name = uniqueName('a');
    await app.call('POST', '/v1/actions', action(name));
    expect((await member.call('GET', `/v1/actions/${name}`)).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/v1/actions', action(uniqueName('a'))],
      ['PUT', `/v1/actions/${name}`, action(name)],
      ['DELETE', `/v1/actions/${name}`, undefined],
      ['PATCH', `/v1/actions/${name}/permissions`, { execute: { users: ['member@example.com'] } }],
    ] as const) {
      const answer = await member.call(method, path, body);
      expect(answer).toMatchObject({ status: 403, body: { error: 'missing_permissions' } });
    }
  });
});

describe('the older routes', () => {
  test('an action is stored once and read in either shape', async () => {
    const bp = await blueprint();
    const given = legacy('scale');
    const saved = await app.call('POST', `/v1/blueprints/${bp}/actions`, given);
    expect(saved.body['action']).toMatchObject({ ...given, blueprint: bp });
    expect((await app.call('GET', `/v1/blueprints/${bp}/actions/scale`)).body['action']).toEqual(saved.body['action']);
    const id = (saved.body['action'] as { id: string }).id;
    const all = await app.call('GET', `/v1/actions?blueprint_identifier=${bp}`);
    expect(all.body['actions']).toMatchObject([
      {
        id,
        title: 'Scale',
        trigger: {
          type: 'self-service',
          operation: 'CREATE',
          blueprintIdentifier: bp,
          userInputs: given['userInputs'],
        },
        invocationMethod: given['invocationMethod'],
      },
    ]);
  });

  test('two blueprints may each have an action of one name', async () => {
    const [one, two] = [await blueprint(), await blueprint()];
    const name = uniqueName('scale');
    for (const bp of [one, two]) {
      const saved = await app.call('POST', `/v1/blueprints/${bp}/actions`, legacy(name));
      expect(saved.body['action']).toMatchObject({ identifier: name, blueprint: bp });
    }
    const all = await app.call('GET', `/v1/actions?blueprint_identifier=${one},${two}`);
    expect((all.body['actions'] as { identifier: string }[]).map(({ identifier }) => identifier)).toEqual([
      name,
      `${two}_${name}`,
    ]);
    expect(await app.call('POST', `/v1/blueprints/${one}/actions`, legacy(name))).toMatchObject({
      status: 409,
      body: { error: 'identifier_taken', details: { withValue: name } },
    });
    // Moving the first to the second's blueprint would give that two of one name.
    const moved = {
      type: 'self-service',
      operation: 'CREATE',
      blueprintIdentifier: two,
      userInputs: { properties: {} },
    };
    expect((await app.call('PUT', `/v1/actions/${name}`, action(name, { trigger: moved }))).status).toBe(409);
  });

  test('an action of the present shape keeps what the older one has no words for', async () => {
    const bp = await blueprint();
    const name = uniqueName('a');
    const condition = { type: 'SEARCH', combinator: 'and', rules: [] };
    const trigger = { type: 'self-service', operation: 'DAY-2', blueprintIdentifier: bp, condition };
    const method = { type: 'KAFKA', payload: { run: '{{ .run.id }}' } };
    const given = { trigger, invocationMethod: method, allowAnyoneToViewRuns: false, publish: false };
    expect((await app.call('POST', '/v1/actions', action(name, given))).status).toBe(200);
    const path = `/v1/blueprints/${bp}/actions/${name}`;
    const { blueprint: _blueprint, ...read } = (await app.call('GET', path)).body['action'] as Record<string, unknown>;
    expect((await app.call('PUT', path, { ...read, title: 'Anew' })).status).toBe(200);
    expect((await app.call('GET', `/v1/actions/${name}`)).body['action']).toMatchObject({ ...given, title: 'Anew' });
    // Its templates are still templates.
    await app.call('PUT', `/v1/actions/${name}`, action(name, { trigger, invocationMethod: method, publish: true }));
    await app.call('PUT', path, { ...read, title: 'Again' });
    await app.call('POST', `/v1/blueprints/${bp}/entities`, { identifier: 'one' });
    const run = await app.call('POST', `/v1/actions/${name}/runs?version=v2`, { properties: {}, entity: 'one' });
    const { id, payload } = run.body['run'] as { id: string; payload: unknown };
    expect(payload).toMatchObject({ payload: { run: id } });
    // An action that makes things has no entity to look at.
    expect((await app.call('PUT', path, { ...read, trigger: 'CREATE' })).status).toBe(200);
    expect(JSON.stringify((await app.call('GET', `/v1/actions/${name}`)).body)).not.toContain('condition');
  });

  test('an action of the older shape keeps its name and what it sends when it is edited in the present one', async () => {
    const bp = await blueprint();
    const path = `/v1/blueprints/${bp}/actions`;
    const taken = uniqueName('taken');
    await app.call('POST', '/v1/actions', action(taken));
    const github = { type: 'GITHUB', org: 'acme', repo: 'portal', workflow: 'deploy.yml', branch: 'develop' };
    await app.call('POST', path, legacy(taken, { invocationMethod: github }));
    const listed = await app.call('GET', `/v1/actions?blueprint_identifier=${bp}`);
    const [stored] = listed.body['actions'] as { identifier: string }[];
    expect(stored?.identifier).toBe(`${bp}_${taken}`);
    const edit = async (parts: object): Promise<Record<string, unknown>> => {
      const saved = await app.call('PUT', `/v1/actions/${stored?.identifier}`, { ...stored, ...parts });
      expect(saved.status).toBe(200);
      const run = await app.call('POST', `${path}/${taken}/runs?version=v2`, { properties: { size: 'xl' } });
      expect(run.status).toBe(202);
      return (run.body['run'] as { payload: Record<string, unknown> }).payload;
    };
    const payload = await edit({ title: 'Anew' });
    expect(payload).toMatchObject({ ref: 'develop', workflowInputs: { size: 'xl' } });
    expect(JSON.stringify(payload['workflowInputs'])).toContain('port_payload');
    expect((await app.call('GET', `${path}/${taken}`)).body['action']).toMatchObject({ title: 'Anew' });
    const elsewhere = { ...github, workflow: 'other.yml' };
    expect(await edit({ invocationMethod: elsewhere })).toMatchObject({ workflow: 'other.yml', ref: 'develop' });
    const present = { ...github, workflowInputs: { size: '{{ .inputs.size }}' } };
    expect(await edit({ invocationMethod: present })).toMatchObject({ ref: 'main', workflowInputs: { size: 'xl' } });
  });

  test('PUT of a list replaces the list: new, kept, changed, gone', async () => {
    const bp = await blueprint();
    const path = `/v1/blueprints/${bp}/actions`;
    const first = await app.call('PUT', path, [legacy('one'), legacy('two')]);
    expect(first.body['actions']).toMatchObject([{ identifier: 'one' }, { identifier: 'two' }]);
    const second = await app.call('PUT', path, [legacy('two', { title: 'Changed' }), legacy('three')]);
    expect(second.body['actions']).toMatchObject([{ identifier: 'two', title: 'Changed' }, { identifier: 'three' }]);
    const idOfTwo = (answer: typeof first): unknown =>
      (answer.body['actions'] as { identifier: string; id: string }[]).find(({ identifier }) => identifier === 'two')
        ?.id;
    expect(idOfTwo(second)).toBe(idOfTwo(first));
    expect(await identifiersOf(bp)).toEqual(['two', 'three']);
    expect((await app.call('PUT', path, [])).body).toEqual({ ok: true, actions: [] });
    expect((await app.call('PUT', path, [])).body).toEqual({ ok: true, actions: [] });
    expect((await app.call('POST', path, [])).body).toEqual({ ok: true, actions: [] });
    expect(await identifiersOf(bp)).toEqual([]);
  });

  test('a list with something wrong in it changes nothing', async () => {
    const bp = await blueprint();
    const path = `/v1/blueprints/${bp}/actions`;
    await app.call('PUT', path, [legacy('one')]);
    const broken = legacy('two', { userInputs: { properties: { a: { type: 'fax' } } } });
    expect((await app.call('PUT', path, [legacy('three'), broken])).status).toBe(422);
    expect((await app.call('PUT', path, [legacy('three'), legacy('three')])).status).toBe(409);
    expect((await app.call('POST', path, [legacy('three'), legacy('one')])).status).toBe(409);
    expect(await identifiersOf(bp)).toEqual(['one']);
  });

  test('an address is filled in later, which publishes the action', async () => {
    const bp = await blueprint();
    const path = `/v1/blueprints/${bp}/actions`;
    const blank = legacy('remind', { invocationMethod: { type: 'WEBHOOK', url: '' } });
    expect((await app.call('POST', path, blank)).status).toBe(200);
    const stored = async (): Promise<unknown> =>
      (await app.call('GET', `/v1/actions?blueprint_identifier=${bp}`)).body['actions'];
    expect(await stored()).toMatchObject([{ publish: false }]);
    expect((await member.call('GET', path)).body['actions']).toEqual([]);
    const run = await app.call('POST', `${path}/remind/runs`, { properties: {} });
    expect(run).toMatchObject({ status: 422, body: { details: { field: 'invocationMethod.url' } } });
    expect((await app.call('PUT', `${path}/remind`, legacy('remind'))).status).toBe(200);
    expect(await stored()).toMatchObject([{ publish: true }]);
    expect((await member.call('GET', path)).body['actions']).toHaveLength(1);
  });

  test('one action is replaced and removed by its name within the blueprint', async () => {
    const bp = await blueprint();
    const path = `/v1/blueprints/${bp}/actions/scale`;
    await app.call('POST', `/v1/blueprints/${bp}/actions`, legacy('scale'));
    const renamed = await app.call('PUT', path, legacy('grow'));
    expect(renamed.body['action']).toMatchObject({ identifier: 'grow' });
    expect((await app.call('GET', path)).status).toBe(404);
    expect((await app.call('DELETE', `/v1/blueprints/${bp}/actions/grow`)).body).toEqual({ ok: true });
    expect((await app.call('DELETE', `/v1/blueprints/${bp}/actions/grow`)).status).toBe(404);
  });

  test.each(['GET', 'POST', 'PUT'])('%s on an unknown blueprint is a 404', async (method) => {
    const body = method === 'GET' ? undefined : [];
    expect(await app.call(method, '/v1/blueprints/nowhere/actions', body)).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: { resource: 'blueprint' } },
    });
  });
});

describe('permissions', () => {
  test('exist at once, and only what is given is replaced', async () => {
    const name = uniqueName('a');
    await app.call('POST', '/v1/actions', action(name));
    const path = `/v1/actions/${name}/permissions`;
    expect((await app.call('GET', path)).body['permissions']).toMatchObject({
      execute: { users: [], roles: ['Member', 'Admin'], teams: [], ownedByTeam: false, policy: null },
      approve: { users: [], roles: ['Admin'], teams: [], policy: null },
    });
    await app.call('PATCH', path, { execute: { roles: ['Admin'] } });
    const patched = await app.call('PATCH', path, { execute: { users: ['member@example.com'] } });
    expect(patched.body['permissions']).toMatchObject({
      execute: { users: ['member@example.com'], roles: ['Admin'] },
      approve: { roles: ['Admin'] },
    });
    expect((await app.call('GET', path)).body).toEqual(patched.body);
    expect((await app.call('GET', '/v1/actions/nowhere/permissions')).status).toBe(404);
    expect((await app.call('PATCH', path, { execute: { roles: 'Admin' } })).status).toBe(422);
  });

  test('follow the action to its new name', async () => {
    const [before, after] = [uniqueName('a'), uniqueName('a')];
    await app.call('POST', '/v1/actions', action(before));
    await app.call('PATCH', `/v1/actions/${before}/permissions`, { execute: { roles: ['Admin'] } });
    await app.call('PUT', `/v1/actions/${before}`, action(after));
    const moved = await app.call('GET', `/v1/actions/${after}/permissions`);
    expect(moved.body['permissions']).toMatchObject({ execute: { roles: ['Admin'] } });
  });

  test('GET /v1/auth/permissions names every action the caller may execute', async () => {
    const [open, closed, draft] = [uniqueName('a'), uniqueName('a'), uniqueName('a')];
    await app.call('POST', '/v1/actions', action(open));
    await app.call('POST', '/v1/actions', action(closed));
    await app.call('POST', '/v1/actions', action(draft, { publish: false }));
    await app.call('PATCH', `/v1/actions/${closed}/permissions`, { execute: { roles: ['Admin'] } });
    const list = async (caller: { call: TestApp['call'] }): Promise<readonly string[]> =>
      (await caller.call('GET', '/v1/auth/permissions?action_version=v2')).body['permissions'] as string[];
    expect(await list(member)).toContain(`execute:actions:${open}`);
    expect(await list(member)).not.toContain(`execute:actions:${closed}`);
    expect(await list(app)).toEqual(expect.arrayContaining([`execute:actions:${open}`, `execute:actions:${closed}`]));
    expect(await list(app)).not.toContain(`execute:actions:${draft}`);
  });
});
