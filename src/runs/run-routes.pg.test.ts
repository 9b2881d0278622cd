import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp, uniqueName } from '#testing/start-app.ts';
import { begin, execute, readLog, readRun, saveAction } from '#testing/test-action.ts';

let app: TestApp;
let member: Visitor;
let other: Visitor;
/** Its runs wait for whoever updates them: nothing here serves Kafka. */
const nobody = { type: 'MOCK' };

beforeAll(async () => {
  app = await startTestApp();
  member = await addPerson(app, { email: 'member@example.com' });
  other = await addPerson(app, { email: 'other@example.com' });
  const schema = { properties: {}, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'service', title: 'Service', schema });
  await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'checkout', title: 'Checkout' });
});
afterAll(async () => app.stop());

describe('PATCH', () => {
  test('sets what is given and leaves the rest', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    const path = `/v1/actions/runs/${id}?runId=${id}&version=v2`;
    const changes = [
      { statusLabel: 'Cloning' },
      { link: ['https://a.example.com', 'https://b.example.com'] },
      { summary: '# Done\nwith *it*' },
      { message: { run_status: 'Created' } },
      { externalRunId: 'external-7' },
      { status: 'IN_PROGRESS' },
    ];
    for (const change of changes) expect((await app.call('PATCH', path, change)).body).toMatchObject({ run: change });
    expect(await readRun(app, id)).toMatchObject({ ...Object.assign({}, ...changes), endedAt: null });
  });

  test.each([
    ['a status that is none', { status: 'DONE' }],
    ['a status that only approvals give', { status: 'DECLINED' }],
    ['a message that is text', { message: 'text' }],
    ['a link that is a number', { link: 7 }],
    ['links that are numbers', { link: [7] }],
    ['a NUL in the label', { statusLabel: 'a\u0000' }],
    ['a list', []],
  ])('refuses %s', async (_case, body) => {
    const { id } = await begin(app, await saveAction(app, nobody));
    expect(await app.call('PATCH', `/v1/actions/runs/${id}`, body)).toMatchObject({
      status: 422,
      body: { ok: false, error: 'invalid_request' },
    });
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', statusLabel: null });
  });

  test('an unknown run is a 404, malformed JSON a 400, and too much a 413', async () => {
    expect(await app.call('PATCH', '/v1/actions/runs/r_none', {})).toMatchObject({ status: 404 });
    expect(await app.call('POST', '/v1/actions/runs/r_none/logs', { message: 'x' })).toMatchObject({ status: 404 });
    const { id } = await begin(app, await saveAction(app, nobody));
    expect((await app.call('PATCH', `/v1/actions/runs/${id}`, '{"status":')).status).toBe(400);
    const log = `/v1/actions/runs/${id}/logs`;
    expect((await app.call('POST', log, { message: 'x'.repeat(1_048_577) })).status).toBe(413);
    expect((await app.call('POST', log, { message: 'x'.repeat(1_000_000) })).status).toBe(201);
  });

  test('of two at once that mean the same state one is told so; without a version the last one counts', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    await app.settle();
    const path = `/v1/actions/runs/${id}`;
    const version = (await app.call('GET', path)).headers.get('etag') ?? '';
    const change = async (statusLabel: string, headers: Record<string, string>): Promise<number> =>
      (await app.call('PATCH', path, { statusLabel }, headers)).status;
    const raced = await Promise.all(['one', 'two'].map(async (label) => change(label, { 'if-match': version })));
    expect(new Set(raced)).toEqual(new Set([200, 412]));
    expect((await readRun(app, id)).statusLabel).toBe(raced[0] === 200 ? 'one' : 'two');
    const free = await Promise.all(['three', 'four'].map(async (label) => change(label, {})));
    expect(free).toEqual([200, 200]);
    const now = (await app.call('GET', path)).headers.get('etag') ?? '';
    expect(now).not.toBe(version);
    expect(await change('five', { 'if-match': now })).toBe(200);
    const late = await app.call('PATCH', path, { status: 'SUCCESS' }, { 'if-match': version });
    expect(late).toMatchObject({ status: 412, body: { error: 'stale_version' } });
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'five' });
  });

  test('is for those who began the run, administrators and credentials', async () => {
    const action = await saveAction(app, nobody);
    const { id } = await begin(member, action);
    expect((await member.call('PATCH', `/v1/actions/runs/${id}`, { statusLabel: 'mine' })).status).toBe(200);
    for (const [method, path, body] of [
      ['PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' }],
      ['POST', `/v1/actions/runs/${id}/logs`, { message: 'x' }],
    ] as const) {
      expect(await other.call(method, path, body)).toMatchObject({
        status: 403,
        body: { error: 'missing_permissions' },
      });
    }
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS' });
  });
});

describe('the log', () => {
  test('is read oldest first, in pages', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    for (let line = 1; line <= 60; line += 1) {
      await app.call('POST', `/v1/actions/runs/${id}/logs`, { message: `line ${line}\nsecond row 🚀` });
    }
    const path = `/v1/actions/runs/${id}/logs`;
    const read = async (query: string): Promise<readonly string[]> => {
      const answer = await app.call('GET', `${path}?${query}`);
      return (answer.body['runLogs'] as { message: string }[]).map(({ message }) => message.split('\n')[0] ?? '');
    };
    expect(await read('')).toHaveLength(50);
    expect(await read('limit=2')).toEqual(['line 1', 'line 2']);
    expect(await read('limit=50&offset=58')).toEqual(['line 59', 'line 60']);
    expect((await app.call('GET', `${path}?limit=51`)).status).toBe(422);
  });

  test('says why a run waits when nothing serves its action', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    await app.settle();
    expect(await readLog(app, id)).toEqual([expect.stringContaining('Nothing in this installation serves')]);
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', endedAt: null });
  });

  test('a label without a status leaves the run open', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    await app.call('POST', `/v1/actions/runs/${id}/logs`, { message: 'x', statusLabel: 'Half way' });
    expect(await readRun(app, id)).toMatchObject({ status: 'IN_PROGRESS', statusLabel: 'Half way' });
  });

  test.each([[{}], [{ message: 7 }], [{ message: 'x', terminationStatus: 'DONE' }], [{ message: 'x', more: 1 }]])(
    'refuses %j',
    async (body) => {
      const { id } = await begin(app, await saveAction(app, nobody));
      expect((await app.call('POST', `/v1/actions/runs/${id}/logs`, body)).status).toBe(422);
      expect(await readLog(app, id)).toEqual([]);
    },
  );

  test('one line for one Idempotency-Key', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    const key = { 'idempotency-key': uniqueName('key') };
    const path = `/v1/actions/runs/${id}/logs`;
    const one = await app.call('POST', path, { message: 'once' }, key);
    expect((await app.call('POST', path, { message: 'once' }, key)).body).toEqual(one.body);
    expect(await readLog(app, id)).toEqual(['once']);
  });
});

describe('after the end', () => {
  test('nothing changes the run any more, and nothing can be tied to it', async () => {
    const { id } = await begin(app, await saveAction(app, nobody));
    const ended = await app.call('PATCH', `/v1/actions/runs/${id}?version=v2`, { status: 'SUCCESS' });
    for (const [method, path, body] of [
      ['PATCH', `/v1/actions/runs/${id}`, { status: 'FAILURE' }],
      ['PATCH', `/v1/actions/runs/${id}`, { link: 'https://example.com' }],
      ['POST', `/v1/actions/runs/${id}/logs`, { message: 'late' }],
      ['POST', `/v1/actions/runs/${id}/logs`, { message: 'late', terminationStatus: 'SUCCESS' }],
    ] as const) {
      expect(await app.call(method, path, body)).toMatchObject({ status: 422, body: { error: 'run_exhausted' } });
    }
    for (const [method, path, body] of [
      ['POST', `/v1/blueprints/service/entities?run_id=${id}`, { identifier: 'late', title: 'Late' }],
      ['PUT', `/v1/blueprints/service/entities/checkout?run_id=${id}`, { identifier: 'checkout', title: 'Late' }],
      ['PATCH', `/v1/blueprints/service/entities/checkout?run_id=${id}`, { title: 'Late' }],
      ['DELETE', `/v1/blueprints/service/entities/checkout?run_id=${id}`, undefined],
    ] as const) {
      expect(await app.call(method, path, body)).toMatchObject({ status: 400, body: { error: 'run_exhausted' } });
    }
    expect(await readRun(app, id)).toEqual(ended.body['run']);
    const checkout = await app.call('GET', '/v1/blueprints/service/entities/checkout');
    expect(checkout.body['entity']).toMatchObject({ title: 'Checkout' });
  });

  test('an empty run_id is no run_id, an unknown one is a 404', async () => {
    const path = '/v1/blueprints/service/entities?upsert=true&run_id=';
    const entity = { identifier: 'plain', title: 'Plain' };
    expect((await app.call('POST', path, entity)).body).toMatchObject({ ok: true });
    expect((await app.call('POST', `${path}r_none`, entity)).status).toBe(404);
  });
});

describe('the list', () => {
  test('is filtered by each filter, newest first', async () => {
    const [one, two] = [
      await saveAction(app, nobody, { trigger: { operation: 'DAY-2', blueprintIdentifier: 'service' } }),
      await saveAction(app, nobody),
    ];
    const first = await begin(app, one, { entity: 'checkout' });
    const second = await begin(member, two);
    const third = await begin(app, two);
    await app.call('PATCH', `/v1/actions/runs/${third.id}`, { status: 'SUCCESS', externalRunId: 'external-list' });
    const list = async (query: string): Promise<readonly string[]> => {
      const answer = await app.call('GET', `/v1/actions/runs?version=v2&${query}`);
      expect(answer.status).toBe(200);
      const found = (answer.body['runs'] as { id: string }[]).map(({ id }) => id);
      return found.filter((id) => [first.id, second.id, third.id].includes(id));
    };
    expect(await list('')).toEqual([third.id, second.id, first.id]);
    expect(await list('entity=checkout&blueprint=service')).toEqual([first.id]);
    expect(await list('blueprint=other')).toEqual([]);
    expect(await list('active=true')).toEqual([second.id, first.id]);
    expect(await list('active=false')).toEqual([third.id]);
    const short = await app.call('GET', '/v1/actions/runs?version=v2&limit=1&exclude=payload&exclude=properties');
    const [shortRun] = short.body['runs'] as readonly object[];
    expect(Object.keys(shortRun ?? {})).toEqual(expect.arrayContaining(['id', 'rawProperties']));
    expect(Object.keys(shortRun ?? {}).filter((key) => key === 'payload' || key === 'properties')).toEqual([]);
    expect(await list(`user_id=${member.id}`)).toEqual([second.id]);
    expect(await list('user_email=MEMBER@example.com')).toEqual([second.id]);
    expect(await list('external_run_id=external-list')).toEqual([third.id]);
    expect(await list('source=UI')).toEqual([second.id]);
    expect(await list('source=UI&source=API')).toEqual([third.id, second.id, first.id]);
    expect(await list(`action=${two}&active=true`)).toEqual([second.id]);
    expect(await list(`action=${two}&limit=1`)).toEqual([third.id]);
    expect(await list('anything=else')).toHaveLength(3);
    for (const wrong of ['limit=0', 'limit=1001', 'active=perhaps']) {
      expect((await app.call('GET', `/v1/actions/runs?${wrong}`)).status).toBe(422);
    }
  });
});

describe('runs that not everybody may see', () => {
  test('are hidden from the list, their page, their log, their stream and the audit log', async () => {
    const action = await saveAction(app, nobody, {
      allowAnyoneToViewRuns: false,
      trigger: { userInputs: { properties: { salary: { type: 'number' } } } },
    });
    const { id } = await begin(member, action, { properties: { salary: 90_000 } });
    await app.settle();
    for (const path of ['', '/logs']) {
      expect((await member.call('GET', `/v1/actions/runs/${id}${path}`)).status).toBe(200);
      expect((await other.call('GET', `/v1/actions/runs/${id}${path}`)).status).toBe(404);
    }
    expect((await other.call('GET', `/api/v1/runs/${id}/stream`)).status).toBe(404);
    expect((await other.call('GET', `/api/v1/runs/${id}/timeline`)).status).toBe(404);
    expect((await other.call('GET', `/v1/actions/runs?action=${action}`)).body['runs']).toEqual([]);
    expect((await app.call('GET', `/v1/actions/runs?action=${action}`)).body['runs']).toHaveLength(1);
    const audit = await other.call('GET', '/v1/audit-log?resources=run&limit=1000');
    expect(audit.body['audits']).not.toEqual([]);
    expect(JSON.stringify(audit.body)).not.toContain(id);
    expect(JSON.stringify((await member.call('GET', `/v1/audit-log?run_id=${id}`)).body)).toContain('90000');
  });

  test('of actions open to all are seen by all', async () => {
    const { id } = await begin(member, await saveAction(app, nobody));
    expect((await other.call('GET', `/v1/actions/runs/${id}`)).status).toBe(200);
  });
});

test('a run keeps its action as it was, also when that is gone', async () => {
  const action = await saveAction(app, nobody, { title: 'Before' });
  const { id } = await begin(app, action);
  await app.call('DELETE', `/v1/actions/${action}`);
  expect(await readRun(app, id)).toMatchObject({ action: { identifier: action, title: 'Before', deleted: true } });
  expect((await execute(app, action)).status).toBe(404);
  expect((await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' })).status).toBe(200);
});

test('the timeline tells what happened, oldest first', async () => {
  const { id } = await begin(member, await saveAction(app, nobody));
  await app.settle();
  await app.call('POST', `/v1/blueprints/service/entities?run_id=${id}`, { identifier: 'made', title: 'Made' });
  const refused = { identifier: 'refused', properties: { unknown: 1 } };
  expect((await app.call('POST', `/v1/blueprints/service/entities?run_id=${id}`, refused)).status).toBe(422);
  await app.call('PATCH', `/v1/actions/runs/${id}`, { statusLabel: 'Nearly' });
  await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
  const answer = await member.call('GET', `/api/v1/runs/${id}/timeline`);
  expect(answer.body['timeline']).toMatchObject([
    { kind: 'asked', by: { kind: 'user', id: member.id } },
    { kind: 'dispatched' },
    { kind: 'entity-changed', action: 'CREATE', entity: 'made', diff: { before: null, after: { title: 'Made' } } },
    { kind: 'failed', entity: 'refused', message: expect.stringContaining('unknown') as string },
    { kind: 'updated', title: 'Nearly' },
    { kind: 'ended', status: 'SUCCESS' },
  ]);
});

test('the timeline leaves out what the reader may not read, and never the end', async () => {
  const schema = { properties: {}, required: [] };
  await app.call('POST', '/v1/blueprints', { identifier: 'vault', title: 'Vault', schema });
  const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: false };
  await app.call('PATCH', '/v1/blueprints/vault/permissions', { entities: { read } });
  const { id } = await begin(member, await saveAction(app, nobody));
  for (const blueprint of ['vault', 'service']) {
    const entity = { identifier: `written-${blueprint}`, title: `canary of ${blueprint}` };
    expect((await app.call('POST', `/v1/blueprints/${blueprint}/entities?run_id=${id}`, entity)).status).toBe(201);
  }
  await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
  const timeline = async (reader: Pick<TestApp, 'call'>): Promise<string> =>
    JSON.stringify((await reader.call('GET', `/api/v1/runs/${id}/timeline`)).body);
  expect(await timeline(app)).toContain('canary of vault');
  const seen = await timeline(member);
  expect(seen).toContain('canary of service');
  expect(seen).toContain('"ended"');
  expect(seen).not.toContain('written-vault');
  expect(seen).not.toContain('canary of vault');
});
