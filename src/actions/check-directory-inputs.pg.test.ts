import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, execute, saveAction } from '#testing/test-action.ts';

let app: TestApp;
let action: string;
const text = (format: string): object => ({ type: 'string', format });
const list = (format: string): object => ({ type: 'array', items: text(format) });

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'payments' });
  await addPerson(app, { email: 'member@example.com' });
  const properties = {
    owner: text('user'),
    reviewers: list('user'),
    team: text('team'),
    teams: list('team'),
    config: text('yaml'),
    sealed: { ...text('yaml'), encryption: 'aes256-gcm' },
  };
  action = await saveAction(app, { type: 'KAFKA', payload: {} }, { trigger: { userInputs: { properties } } });
});
afterAll(async () => app.stop());

test.each([
  [{ owner: 'Member@Example.com', reviewers: ['member@example.com', 'admin@example.com'] }],
  [{ team: 'payments', teams: ['payments'] }],
  [{ config: 'a: [1, 2]\nb: &x {c: 1}\nd: *x' }],
  [{ config: 'kind: One\n---\nkind: Two\n' }],
  [{ config: 'plain text' }],
  [{ owner: null, teams: [] }],
])('%j is accepted', async (properties) => {
  expect((await begin(app, action, { properties })).id).toMatch(/^r_/);
});

test.each([
  [{ owner: 'nobody@example.com' }, 'owner', 'names "nobody@example.com", and there is no person'],
  [{ reviewers: ['member@example.com', 'nobody@example.com'] }, 'reviewers', 'names "nobody@example.com"'],
  [{ team: 'Payments' }, 'team', 'names "Payments", and there is no such team'],
  [{ teams: ['payments', 'harbour'] }, 'teams', 'names "harbour"'],
  [{ config: 'a: [1, 2\nb: 3' }, 'config', 'is not YAML: line 2'],
  [{ config: 'a: 1\n\tb: 2' }, 'config', 'is not YAML: line 2'],
  [{ config: 'a: 1\n---\n{' }, 'config', 'is not YAML: line 3'],
])('%j is refused, the input named', async (properties, input, message) => {
  const answer = await execute(app, action, { properties });
  expect(answer).toMatchObject({ status: 422, body: { error: 'user_inputs_schema_invalid' } });
  const [fault] = (answer.body['details'] as { errors: { property: string; message: string }[] }).errors;
  expect(fault?.property).toBe(input);
  expect(fault?.message).toContain(message);
});

test('all that is wrong is told at once, and nothing of what is secret', async () => {
  const properties = { owner: 'nobody@example.com', sealed: 'canary: [1', config: '{' };
  const answer = await execute(app, action, { properties });
  expect(answer.status).toBe(422);
  const { errors } = answer.body['details'] as { errors: { property: string }[] };
  expect(errors.map(({ property }) => property).toSorted()).toEqual(['config', 'owner', 'sealed']);
  expect(JSON.stringify(answer.body)).not.toContain('canary');
});

test('a hundred thousand aliases are read and not expanded', async () => {
  const config = `a: &a [x]\nb: [${'*a, '.repeat(100_000)}]`;
  expect((await execute(app, action, { properties: { config } })).status).toBe(202);
});
