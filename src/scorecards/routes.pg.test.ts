import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPerson } from '#testing/module-server.ts';
import { type ScorecardServer, serveScorecards } from '#testing/scorecard-server.ts';

let server: ScorecardServer;
beforeAll(async () => {
  server = await serveScorecards();
});
afterAll(async () => server.close());

const hasOwner = {
  identifier: 'hasOwner',
  title: 'Has an owner',
  level: 'Bronze',
  query: { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: '$team' }] },
};
const ready = { identifier: 'Ready', title: 'Production readiness', rules: [hasOwner] };

const ask: ScorecardServer['ask'] = async (...request) => server.ask(...request);
const pathOf = (blueprint: string, ...rest: readonly string[]) =>
  ['', 'v1', 'blueprints', blueprint, 'scorecards', ...rest].join('/');

describe('scorecards over HTTP', () => {
  test('are created with default levels, read, listed, replaced and deleted', async () => {
    const blueprint = await server.blueprint({ tier: { type: 'string' } });
    const created = await ask('POST', pathOf(blueprint), ready);
    expect(created.status).toBe(201);
    const scorecard = created.body['scorecard'] as Record<string, unknown>;
    expect(scorecard).toMatchObject({
      ...ready,
      blueprint,
      levels: [
        { title: 'Basic', color: 'paleBlue' },
        { title: 'Bronze', color: 'bronze' },
        { title: 'Silver', color: 'silver' },
        { title: 'Gold', color: 'gold' },
      ],
      createdBy: 'test-client',
      updatedAt: '2026-05-04T10:00:00.000Z',
    });
    expect(scorecard['id']).toMatch(/^scorecard_\w{16}$/);
    expect(created.headers.get('etag')).toBe('"1"');
    expect((await ask('GET', pathOf(blueprint, 'Ready'))).body).toEqual({ ok: true, scorecard });
    expect((await ask('GET', pathOf(blueprint))).body).toEqual({ ok: true, scorecards: [scorecard] });
    expect((await ask('GET', '/v1/scorecards')).body['scorecards']).toContainEqual(scorecard);

    // What was read is sent back, changed.
    const sent = { ...scorecard, title: 'Ready' };
    const stale = await ask('PUT', pathOf(blueprint, 'Ready'), sent, { headers: { 'if-match': '"7"' } });
    expect(stale.status).toBe(412);
    const replaced = await ask('PUT', pathOf(blueprint, 'Ready'), sent, { headers: { 'if-match': '"1"' } });
    expect(replaced).toMatchObject({ status: 200, body: { scorecard: { title: 'Ready', id: scorecard['id'] } } });
    expect(replaced.headers.get('etag')).toBe('"2"');
    const same = await ask('PUT', pathOf(blueprint, 'Ready'), sent);
    expect(same.headers.get('etag')).toBe('"2"');

    const patched = await ask('PATCH', pathOf(blueprint, 'Ready'), { title: 'Ready at last' });
    expect(patched.body['scorecard']).toMatchObject({ title: 'Ready at last', rules: [hasOwner] });
    const emptied = await ask('PATCH', pathOf(blueprint, 'Ready'), { rules: [] });
    expect(emptied.body['scorecard']).toMatchObject({ title: 'Ready at last', rules: [] });
    expect((await ask('PATCH', pathOf(blueprint, 'Ready'), { identifier: 'Other' })).status).toBe(422);

    expect((await ask('DELETE', pathOf(blueprint, 'Ready'))).body).toEqual({ ok: true });
    expect(await ask('GET', pathOf(blueprint, 'Ready'))).toMatchObject({
      status: 404,
      body: { error: 'not_found', message: 'Scorecard with identifier "Ready" was not found' },
    });
  });

  test('PUT of a list replaces the set', async () => {
    const blueprint = await server.blueprint({});
    const card = (identifier: string) => ({ ...ready, identifier });
    await ask('POST', pathOf(blueprint), card('a'));
    const [a] = (await ask('PUT', pathOf(blueprint), [card('a'), card('b')])).body['scorecards'] as { id: string }[];
    const next = await ask('PUT', pathOf(blueprint), [{ ...a, title: 'Other' }, card('c')]);
    expect(next.body['scorecards']).toMatchObject([
      { identifier: 'a', id: a?.id, title: 'Other' },
      { identifier: 'c' },
    ]);
    expect((await ask('PUT', pathOf(blueprint), [])).body).toEqual({ ok: true, scorecards: [] });
    expect((await ask('PUT', pathOf(blueprint), [card('a'), card('a')])).body.message).toContain('repeats "a"');
  });

  test.each([
    ['a taken identifier', ready, 409, 'identifier_taken', 'exists already'],
    ['an unknown key', { ...ready, identifier: 'x', colour: 'red' }, 422, 'invalid_request', ''],
    ['a rule on the first level', withRule({ level: 'Basic' }), 422, 'invalid_request', 'where everybody starts'],
    ['an unknown level', withRule({ level: 'Iron' }), 422, 'invalid_request', 'Basic, Bronze, Silver, Gold'],
    [
      'no condition',
      withRule({ query: { combinator: 'and', conditions: [] } }),
      422,
      'invalid_request',
      'rules[0].query',
    ],
    ['a wrong operator', withCondition({ property: 'a', operator: 'is' }), 422, 'invalid_request', 'isNotEmpty'],
    ['a repeated rule', { ...ready, identifier: 'x', rules: [hasOwner, hasOwner] }, 422, 'invalid_request', 'repeats'],
    ['a repeated level', { ...ready, identifier: 'x', levels: levels('A', 'A') }, 422, 'invalid_request', 'repeats'],
    [
      'an unknown colour',
      { ...ready, identifier: 'x', levels: [{ title: 'A', color: 'mauve' }] },
      422,
      'invalid_request',
      '',
    ],
    ['a NUL', { ...ready, identifier: 'x', title: 'a\u0000' }, 422, 'invalid_request', 'NUL'],
    [
      'a wrong filter',
      { ...ready, identifier: 'x', filter: { combinator: 'and', conditions: [1] } },
      422,
      'invalid_request',
      'filter.conditions[0]',
    ],
  ])('%s is refused', async (...[, body, status, error, words]) => {
    const blueprint = await server.blueprint({});
    await ask('POST', pathOf(blueprint), ready);
    const answer = await ask('POST', pathOf(blueprint), body);
    expect(answer).toMatchObject({ status, body: { ok: false, error } });
    expect(answer.body.message).toContain(words);
  });

  test('unknown blueprints, another identifier and members are refused', async () => {
    const blueprint = await server.blueprint({});
    await ask('POST', pathOf(blueprint), ready);
    expect((await ask('GET', pathOf('nowhere'))).status).toBe(404);
    expect((await ask('POST', pathOf('nowhere'), ready)).status).toBe(404);
    expect((await ask('PUT', pathOf(blueprint, 'None'), { ...ready, identifier: 'None' })).status).toBe(404);
    expect((await ask('PUT', pathOf(blueprint, 'Ready'), { ...ready, identifier: 'None' })).status).toBe(422);
    const member = { as: testPerson('member', ['Member']) };
    expect((await ask('GET', pathOf(blueprint), undefined, member)).status).toBe(200);
    expect((await ask('DELETE', pathOf(blueprint, 'Ready'), undefined, member)).status).toBe(403);
    expect((await ask('POST', pathOf(blueprint), { ...ready, identifier: 'x' }, member)).status).toBe(403);
  });

  test('go with their blueprint', async () => {
    const blueprint = await server.blueprint({});
    await ask('POST', pathOf(blueprint), ready);
    expect((await ask('DELETE', `/v1/blueprints/${blueprint}`)).body).toEqual({ ok: true });
    const all = (await ask('GET', '/v1/scorecards')).body['scorecards'] as { blueprint: string }[];
    expect(all.filter((scorecard) => scorecard.blueprint === blueprint)).toEqual([]);
  });
});

function withRule(part: object): object {
  return { ...ready, identifier: 'x', rules: [{ ...hasOwner, ...part }] };
}

function withCondition(condition: object): object {
  return withRule({ query: { combinator: 'and', conditions: [condition] } });
}

function levels(...titles: readonly string[]): object[] {
  return titles.map((title) => ({ title, color: 'red' }));
}

describe('the summary', () => {
  test('counts levels, rules and teams', async () => {
    const blueprint = await server.blueprint({ docs: { type: 'string' } });
    const hasDocs = {
      identifier: 'hasDocs',
      title: 'Has documents',
      description: 'Write them.',
      level: 'Silver',
      query: { combinator: 'and', conditions: [{ operator: 'isNotEmpty', property: 'docs' }] },
    };
    const filter = { combinator: 'and', conditions: [{ property: '$title', operator: '!=', value: 'Left out' }] };
    await ask('POST', pathOf(blueprint), { ...ready, filter, rules: [hasOwner, hasDocs] });
    await server.entity(blueprint, { identifier: 'a', title: 'A', team: ['x', 'y'], properties: { docs: 'here' } });
    await server.entity(blueprint, { identifier: 'b', title: 'b', team: 'x' });
    await server.entity(blueprint, { identifier: 'c', title: 'C' });
    await server.entity(blueprint, { identifier: 'd', title: 'Left out' });
    const answer = await ask('GET', `/api/v1/scorecards/${blueprint}/Ready/summary`);
    expect(answer.body['summary']).toEqual({
      entities: 3,
      levels: [
        { title: 'Basic', color: 'paleBlue', count: 1 },
        { title: 'Bronze', color: 'bronze', count: 1 },
        { title: 'Silver', color: 'silver', count: 1 },
        { title: 'Gold', color: 'gold', count: 0 },
      ],
      rules: [
        {
          identifier: 'hasOwner',
          title: 'Has an owner',
          description: null,
          level: 'Bronze',
          passed: 2,
          failed: 1,
          exempt: 0,
          failing: [{ identifier: 'c', title: 'C', team: null }],
        },
        {
          identifier: 'hasDocs',
          title: 'Has documents',
          description: 'Write them.',
          level: 'Silver',
          passed: 1,
          failed: 2,
          exempt: 0,
          failing: [
            { identifier: 'b', title: 'b', team: 'x' },
            { identifier: 'c', title: 'C', team: null },
          ],
        },
      ],
      teams: [
        { team: 'y', entities: 1, passedRules: 2, totalRules: 2 },
        { team: 'x', entities: 2, passedRules: 3, totalRules: 4 },
        { team: null, entities: 1, passedRules: 0, totalRules: 2 },
      ],
    });
  });

  test('of an empty scorecard is empty', async () => {
    const blueprint = await server.blueprint({});
    await ask('POST', pathOf(blueprint), { ...ready, rules: [] });
    const answer = await ask('GET', `/api/v1/scorecards/${blueprint}/Ready/summary`);
    expect(answer.body['summary']).toMatchObject({ entities: 0, rules: [], teams: [] });
    expect((await ask('GET', `/api/v1/scorecards/${blueprint}/None/summary`)).status).toBe(404);
  });
});
