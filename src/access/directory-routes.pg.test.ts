import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, type Visitor } from '#testing/sign-in.ts';
import { startTestApp, type TestApp } from '#testing/start-app.ts';

let app: TestApp;
let member: Visitor;
const firstNames = ['Ada', 'Bea', 'Cleo', 'Dora', 'Elif'];

beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/v1/teams', { name: 'Payments', description: 'Money' });
  for (const name of ['payments', 'search, and more', 'Platform']) await app.call('POST', '/v1/teams', { name });
  for (const firstName of firstNames) {
    const email = `${firstName.toLowerCase()}@example.com`;
    const person = await addPerson(app, { email, firstName, lastName: 'Quay_100%', teams: ['Platform'] });
    if (firstName === 'Ada') member = person;
  }
});
afterAll(async () => app.stop());

interface Page {
  readonly people: readonly { email: string }[];
  readonly teams: readonly { name: string; members: number }[];
  readonly next: string | null;
}

async function ask(kind: string, query: Record<string, string> = {}, named: readonly string[] = []): Promise<Page> {
  const parameters = new URLSearchParams([
    ...Object.entries(query),
    ...named.map((one): [string, string] => ['named', one]),
  ]);
  const answer = await member.call('GET', `/api/v1/directory/${kind}?${parameters.toString()}`);
  expect(answer.status).toBe(200);
  return answer.body as unknown as Page;
}
const emails = ({ people }: Page): readonly string[] => people.map(({ email }) => email);
const names = ({ teams }: Page): readonly string[] => teams.map(({ name }) => name);

describe('the directory', () => {
  test('finds people by all words of name and address, whatever their case, and takes wildcards as text', async () => {
    expect(emails(await ask('people', { search: 'QUAY cleo' }))).toEqual(['cleo@example.com']);
    expect(emails(await ask('people', { search: 'bea@exa' }))).toEqual(['bea@example.com']);
    expect(emails(await ask('people', { search: 'quay_100%' }))).toHaveLength(5);
    expect(emails(await ask('people', { search: 'quay%' }))).toEqual([]);
    expect(emails(await ask('people', { search: 'nobody here' }))).toEqual([]);
  });

  test('goes page by page through everybody, each once', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await ask('people', { limit: '2', ...(cursor === '' ? {} : { cursor }) });
      expect(page.people.length).toBeLessThanOrEqual(2);
      seen.push(...emails(page));
      cursor = page.next;
    }
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toEqual(expect.arrayContaining(firstNames.map((name) => `${name.toLowerCase()}@example.com`)));
    expect(seen).toHaveLength(6);
  });

  test('names those behind ids and addresses, also who is disabled; searching leaves them out', async () => {
    const where = sql`org_id = ${app.orgId} and email = 'elif@example.com'`;
    await sql`update person set status = 'DISABLED' where ${where}`.execute(app.database.database.kysely);
    expect(emails(await ask('people', { search: 'elif' }))).toEqual([]);
    expect(emails(await ask('people', {}, ['ELIF@example.com', member.id, 'unknown']))).toEqual([
      'ada@example.com',
      'elif@example.com',
    ]);
  });

  test('finds teams, those that differ by case alone as two, and tells how many are in them', async () => {
    expect(names(await ask('teams', { search: 'pay' }))).toEqual(['Payments', 'payments']);
    expect(names(await ask('teams', {}, ['payments', 'search, and more']))).toEqual(['payments', 'search, and more']);
    const { teams, next } = await ask('teams', { search: 'plat', limit: '1' });
    expect(teams).toEqual([{ name: 'Platform', description: null, members: 5 }]);
    expect(next).toBeNull();
  });

  test('refuses a cursor of something else and a limit without end', async () => {
    const answer = await member.call('GET', '/api/v1/directory/people?cursor=%25%25');
    expect(answer).toMatchObject({ status: 422, body: { details: { field: 'cursor' } } });
    expect((await member.call('GET', '/api/v1/directory/teams?limit=100000')).status).toBe(422);
  });
});
