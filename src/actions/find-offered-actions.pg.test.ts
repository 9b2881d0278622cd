import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { saveAction } from '#testing/test-action.ts';

let app: TestApp;
let member: Visitor;
let owner: Visitor;
const method = { type: 'KAFKA', payload: {} };

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'payments' });
  member = await addPerson(app, { email: 'member@example.com' });
  owner = await addPerson(app, { email: 'owner@example.com', teams: ['payments'] });
  await app.call('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { tier: { type: 'number' }, lead: { type: 'string' } }, required: [] },
  });
  for (const [identifier, tier, team] of [
    ['checkout', 1, 'payments'],
    ['search', 3, null],
  ] as const) {
    const properties = { tier, lead: 'owner@example.com' };
    await app.call('POST', '/v1/blueprints/service/entities', {
      identifier,
      ...(team === null ? {} : { team: [team] }),
      properties,
    });
  }
});
afterAll(async () => app.stop());

type Definition = Readonly<Record<string, unknown>>;

const onService = (more: object = {}): Definition => ({
  trigger: { operation: 'DAY-2', blueprintIdentifier: 'service', ...more },
});

async function allow(action: string, execute: object): Promise<void> {
  const answer = await app.call('PATCH', `/v1/actions/${action}/permissions`, { execute });
  expect(answer.body).toMatchObject({ ok: true });
}

async function offered(visitor: Pick<Visitor, 'call'>, query = ''): Promise<readonly string[]> {
  const answer = await visitor.call('GET', `/api/v1/offered-actions${query}`);
  expect(answer.status).toBe(200);
  return (answer.body['actions'] as { identifier: string }[]).map(({ identifier }) => identifier);
}

const policy = (condition: string, queries: object = {}): object => ({ queries, conditions: [condition] });

describe('what is offered to execute', () => {
  test('is what people, roles, teams and owners allow, drafts left out', async () => {
    const everybodys = await saveAction(app, method);
    const admins = await saveAction(app, method);
    await allow(admins, { roles: ['Admin'] });
    const teams = await saveAction(app, method);
    await allow(teams, { roles: [], teams: ['payments'] });
    const owners = await saveAction(app, method, onService());
    await allow(owners, { roles: [], ownedByTeam: true });
    const draft = await saveAction(app, method, { publish: false });

    expect(await offered(member)).toEqual([everybodys]);
    expect(await offered(owner)).toEqual([everybodys, teams, owners]);
    expect(await offered(app)).toEqual(expect.arrayContaining([everybodys, admins, teams, owners]));
    expect(await offered(app)).not.toContain(draft);
    expect(await offered(owner, '?blueprint=service&entity=checkout')).toEqual([owners]);
    // Nobody's service, so it is not theirs.
    expect(await offered(owner, '?blueprint=service&entity=search')).toEqual([]);
  });

  test('follows a policy as soon as it can be asked, and hides what fails', async () => {
    const decided = async (condition: string, action: Definition = {}, queries: object = {}): Promise<string> => {
      const identifier = await saveAction(app, method, action);
      await allow(identifier, { policy: policy(condition, queries) });
      return identifier;
    };
    const mine = await decided('.user.email == "member@example.com"');
    const theirs = await decided('.user.email == "owner@example.com"');
    const failing = await decided('.user.email | tonumber > 3');
    const byInput = await decided('.inputs.env == "test"');
    const byEntity = await decided('.results.led.entities | length > 0', onService(), {
      led: {
        combinator: 'and',
        rules: [
          { property: '$identifier', operator: '=', value: '{{ .entity.identifier }}' },
          { property: 'lead', operator: '=', value: '{{ .trigger.user.email }}' },
        ],
      },
    });
    const all = await offered(member);
    expect(all).toEqual(expect.arrayContaining([mine, byInput, byEntity]));
    expect(all).not.toContain(theirs);
    expect(all).not.toContain(failing);
    expect(await offered(member, '?blueprint=service&entity=checkout')).not.toContain(byEntity);
    expect(await offered(owner, '?blueprint=service&entity=checkout')).toContain(byEntity);
    // Organisation credentials act for the organisation, whatever a policy says of people.
    expect(await offered(app)).toEqual(expect.arrayContaining([mine, theirs, failing]));
  });

  test('on an entity, is what can be done to it: its condition met, nothing that makes a new one', async () => {
    const when = (operator: string, value: number): Definition =>
      onService({
        condition: { type: 'SEARCH', combinator: 'and', rules: [{ property: 'tier', operator, value }] },
      });
    const important = await saveAction(app, method, when('<', 2));
    const minor = await saveAction(app, method, when('>', 2));
    const making = await saveAction(app, method, { trigger: { operation: 'CREATE', blueprintIdentifier: 'service' } });

    const onCheckout = await offered(member, '?blueprint=service&entity=checkout');
    expect(onCheckout).toContain(important);
    expect(onCheckout).not.toContain(minor);
    expect(onCheckout).not.toContain(making);
    expect(await offered(member, '?blueprint=service&entity=search')).toContain(minor);
    expect(await offered(member, '?blueprint=service')).toEqual(expect.arrayContaining([important, minor, making]));
    expect(await offered(member, '?blueprint=service&entity=nowhere')).toEqual([]);
    expect((await member.call('GET', '/api/v1/offered-actions?blueprint=none&entity=x')).status).toBe(404);
  });
});
