import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portGithubAction } from '#sample/counterparts/github/port-github-action.ts';
import type { StepResult } from '#sample/counterparts/github/step-action.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';

let app: TestApp;
const lines: string[] = [];

beforeAll(async () => {
  app = await startTestApp();
  // The blueprint that the action's own tests make: two ways of ownership at once, any icon.
  const definition = {
    identifier: 'gh-action-test',
    title: 'GitHub action test',
    icon: 'AnyIconAtAll',
    ownership: { type: 'Direct' },
    teamInheritance: { path: 'parent' },
    schema: {
      properties: {
        text: { type: 'string' },
        number: { type: 'number' },
        boolean: { type: 'boolean' },
        object: { type: 'object' },
        array: { type: 'array' },
      },
      required: [],
    },
    relations: { parent: { target: 'gh-action-test', many: false, required: false } },
  };
  await app.call('POST', '/v1/blueprints', definition);
});
afterAll(async () => app.stop());

/** A step of a workflow that uses the action with these inputs. */
async function step(inputs: Readonly<Record<string, string>>): Promise<StepResult> {
  lines.length = 0;
  return portGithubAction(
    { baseurl: app.url, clientid: app.clientId, clientsecret: app.clientSecret, ...inputs },
    {
      quaysideUrl: app.url,
      fetch,
      env: {},
      signal: new AbortController().signal,
      log: (line) => void lines.push(line),
    },
  );
}

async function read(identifier: string): Promise<Record<string, unknown>> {
  const result = await step({ operation: 'GET', blueprint: 'gh-action-test', identifier });
  return JSON.parse(result.outputs?.['entity'] ?? 'null') as Record<string, unknown>;
}

function upserted(identifier: string, parts: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { blueprint: 'gh-action-test', identifier, ...parts };
}

const failure = { conclusion: 'failure' };

describe('UPSERT', () => {
  test('creates, then merges; teams come back as a list', async () => {
    const identifier = uniqueName('e');
    const properties = { text: 'value', number: 1, boolean: true, object: { foo: 'bar' }, array: ['a'] };
    await app.call('POST', '/v1/teams', { name: 'Test' });
    const created = await step(
      upserted(identifier, {
        title: 'GH Action',
        team: 'Test',
        icon: 'GithubActions',
        properties: JSON.stringify(properties),
      }),
    );
    expect(created, lines.join('\n')).toEqual({ conclusion: 'success', outputs: { identifier } });
    expect(await read(identifier)).toMatchObject({
      title: 'GH Action',
      team: ['Test'],
      icon: 'GithubActions',
      properties,
    });
    await step(upserted(identifier, { team: '["Test"]', properties: '{"number": 2}' }));
    expect(await read(identifier)).toMatchObject({ team: ['Test'], properties: { ...properties, number: 2 } });
  });

  test('makes up an identifier when none is given', async () => {
    const result = await step({ blueprint: 'gh-action-test', title: 'Nameless' });
    expect(result.outputs?.['identifier'], lines.join('\n')).toMatch(/^\S+$/);
  });

  test('creates what it relates to when asked, and refuses otherwise', async () => {
    const [child, parent] = [uniqueName('child'), uniqueName('parent')];
    const relations = JSON.stringify({ parent });
    expect(await step(upserted(child, { relations }))).toEqual(failure);
    expect(lines.join('\n')).toContain('404');
    const created = await step(upserted(child, { relations, createmissingrelatedentities: 'true' }));
    expect(created, lines.join('\n')).toMatchObject({ conclusion: 'success' });
    expect(await read(child)).toMatchObject({ relations: { parent } });
    expect(await read(parent)).toMatchObject({ identifier: parent });
  });

  test.each([
    ['an unknown relation', { relations: '{"nowhere": "x"}' }, '404'],
    ['an unknown blueprint', { blueprint: 'nowhere' }, '404'],
    ['an unknown property', { properties: '{"nowhere": "x"}' }, '422'],
    ['wrong credentials', { clientsecret: 'wrong' }, '401'],
  ])('of %s fails the step', async (_case, parts, status) => {
    expect(await step(upserted(uniqueName('e'), parts))).toEqual(failure);
    expect(lines.join('\n')).toContain(status);
  });

  test('of several goes through them one by one', async () => {
    const identifiers = [uniqueName('e'), uniqueName('e')];
    const entities = identifiers.map((identifier) => ({
      identifier,
      blueprint: 'gh-action-test',
      title: 'x',
      properties: {},
    }));
    const result = await step({ operation: 'BULK_UPSERT', entities: JSON.stringify(entities) });
    expect(result.outputs, lines.join('\n')).toEqual({ identifiers: JSON.stringify(identifiers) });
  });
});

describe('GET, SEARCH and DELETE', () => {
  test('find what is there and fail on what is not', async () => {
    const identifier = `${uniqueName('e')}/with:odd=signs+@`;
    await step(upserted(identifier, { title: 'Odd' }));
    expect(await read(identifier)).toMatchObject({ identifier, title: 'Odd' });
    const included = await step({ ...upserted(identifier), operation: 'GET', include: '["title"]' });
    expect(JSON.parse(included.outputs?.['entity'] ?? '')).toMatchObject({ title: 'Odd' });
    const query = { combinator: 'and', rules: [{ property: '$identifier', operator: '=', value: identifier }] };
    const found = await step({ operation: 'SEARCH', query: JSON.stringify(query) });
    expect(JSON.parse(found.outputs?.['entities'] ?? '')).toMatchObject([{ identifier }]);
    expect(await step({ ...upserted(identifier), operation: 'DELETE' })).toMatchObject({ conclusion: 'success' });
    for (const operation of ['GET', 'DELETE']) {
      expect(await step({ ...upserted(identifier), operation })).toEqual(failure);
      expect(lines.join('\n')).toContain('404');
    }
  });
});

describe('CREATE_RUN and PATCH_RUN', () => {
  test('begin, log and end a run, to which each entity is tied once', async () => {
    // The action of its tests: DELETE without a blueprint, KAFKA without a payload, inputs that it does not define.
    const action = uniqueName('action');
    await app.call('POST', '/v1/actions', {
      identifier: action,
      trigger: { type: 'self-service', operation: 'DELETE', userInputs: { properties: {} } },
      invocationMethod: { type: 'KAFKA' },
    });
    const begun = await step({ operation: 'CREATE_RUN', action, properties: '{"not": "defined"}' });
    const runId = begun.outputs?.['runId'] ?? '';
    expect(runId, lines.join('\n')).toMatch(/^r_/);
    const fresh = await app.call('GET', `/v1/actions/runs/${runId}`);
    expect(fresh.body['run']).toMatchObject({ status: 'IN_PROGRESS', properties: { not: 'defined' } });

    const identifier = uniqueName('e');
    await step(upserted(identifier, { runid: runId }));
    const audit = await app.call('GET', `/v1/audit-log?resources=entity&run_id=${runId}&includes=context`);
    expect(audit.body['audits']).toMatchObject([{ context: { entity: identifier } }]);
    expect(audit.body['audits']).toHaveLength(1);

    const ended = await step({
      operation: 'PATCH_RUN',
      runid: runId,
      status: 'SUCCESS',
      statuslabel: 'Done',
      logmessage: 'All done\n',
      link: '["https://example.com"]',
      summary: 'Fine',
      externalrunid: '7',
    });
    expect(ended, lines.join('\n')).toEqual({ conclusion: 'success', outputs: { runId } });
    const after = await app.call('GET', `/v1/actions/runs/${runId}?version=v2`);
    expect(after.body['run']).toMatchObject({
      status: 'SUCCESS',
      statusLabel: 'Done',
      link: ['https://example.com'],
      summary: 'Fine',
      externalRunId: '7',
    });
    for (const parts of [{ status: 'FAILURE' }, { logmessage: 'late' }] as const) {
      expect(await step({ operation: 'PATCH_RUN', runid: runId, ...parts })).toEqual(failure);
      expect(lines.join('\n')).toContain('422');
    }
  });
});

test('a blueprint can go right after its last entity', async () => {
  const blueprint = uniqueName('bp');
  await app.call('POST', '/v1/blueprints', {
    identifier: blueprint,
    title: 'B',
    schema: { properties: {}, required: [] },
  });
  await step({ blueprint, identifier: 'last', title: 'Last' });
  await step({ operation: 'DELETE', blueprint, identifier: 'last' });
  expect((await app.call('DELETE', `/v1/blueprints/${blueprint}`)).status).toBe(200);
});
