import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogServer, serveCatalog } from '#testing/catalog-server.ts';
import { testPerson } from '#testing/module-server.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Hit } from './find-source.ts';

let server: CatalogServer;
beforeAll(async () => {
  const scorecard = {
    identifier: 'ready',
    blueprint: 'service',
    title: 'Production readiness',
    icon: null,
    description: null,
  };
  server = await serveCatalog({ findSources: [{ kind: 'scorecard', all: async () => [scorecard] }] });
  const properties = {
    lang: { type: 'string' },
    readme: { type: 'string', format: 'markdown' },
    tags: { type: 'array' },
  };
  await server.blueprint({ identifier: 'service', title: 'Service', schema: { properties, required: [] } });
  await server.blueprint({ identifier: 'hidden', title: 'Hidden', includeInGlobalSearch: false });
  const made = [
    { identifier: 'checkoutservice', title: 'Checkout', team: ['payments'], properties: { lang: 'Go' } },
    {
      identifier: 'payment-gateway',
      title: 'Payment gateway',
      properties: { lang: 'Kotlin', tags: ['checkout', 'pci'] },
    },
    // Letters of two units each, of which no part of a word may hold half.
    { identifier: 'ff', title: `𞤀𞤣𞤤𞤢𞤥 a${'𞤣'.repeat(40)}` },
    { identifier: 'cn', title: '支付网关服务', properties: { readme: '负责处理退款，以及对账。' } },
    {
      identifier: 'docs',
      title: 'Docs',
      properties: { readme: `# Docs\n\n${'word '.repeat(60)} a needle in a haystack ${'x '.repeat(90)}` },
    },
  ];
  for (const entity of made) await server.entity('service', entity);
  await server.entity('hidden', { identifier: 'checkout', title: 'Checkout' });
  await server.settle();
});
afterAll(async () => server.close());

async function find(q: string, as?: Actor): Promise<readonly Hit[]> {
  const options = as === undefined ? {} : { as };
  const answer = await server.ask('GET', `/api/v1/search?q=${encodeURIComponent(q)}`, undefined, options);
  expect(answer.status).toBe(200);
  return answer.body['results'] as readonly Hit[];
}
const names = (hits: readonly Hit[]): readonly string[] => hits.map((hit) => hit.identifier);

describe('GET /api/v1/search', () => {
  test('ranks names before words in names before words elsewhere', async () => {
    expect(names(await find('checkout'))).toEqual(['checkoutservice', 'payment-gateway']);
    expect(names(await find('payment'))).toEqual(['payment-gateway', 'checkoutservice']);
  });

  test('finds parts of words in scripts beyond the first plane', async () => {
    expect(names(await find('𞤣𞤤𞤢'))).toEqual(['ff']);
    expect(names(await find(`a${'𞤣'.repeat(31)}`))).toEqual(['ff']);
  });

  test.each([
    ['GATEWAY pay', ['payment-gateway']],
    ['outserv', ['checkoutservice']],
    ['kotlin', ['payment-gateway']],
    ['payments go', ['checkoutservice']],
    ['readiness', ['ready']],
    ['Service', ['service', 'checkoutservice']],
    ['支付', ['cn']],
    ['网关服务', ['cn']],
    ['退款', ['cn']],
    ['对', ['cn']],
    ['ｃｈｅｃｋｏｕｔ', ['checkoutservice', 'payment-gateway']],
    ['nothing like it', []],
    ['!?', []],
    ['', []],
  ])('"%s" finds %j', async (q, expected) => {
    expect(names(await find(q))).toEqual(expected);
  });

  test('points out where the words stand, long texts cut', async () => {
    const [gateway] = await find('gate kotlin');
    expect(gateway).toMatchObject({ kind: 'entity', blueprint: 'service', title: 'Payment gateway' });
    expect(gateway?.matches[0]).toEqual({ field: '$title', text: 'Payment gateway', ranges: [[8, 12]] });
    const [docs] = await find('needle');
    const [match] = docs?.matches ?? [];
    expect(match?.field).toBe('readme');
    expect(match?.text.length).toBeLessThan(300);
    expect(match?.ranges.map(([from, to]) => match.text.slice(from, to))).toEqual(['needle']);
  });

  test('follows changes, renames and deletions', async () => {
    const path = '/v1/blueprints/service/entities';
    await server.entity('service', { identifier: 'fleeting', title: 'Zebra' });
    await server.settle();
    expect(names(await find('zebra'))).toEqual(['fleeting']);
    await server.ask('PATCH', `${path}/fleeting`, { identifier: 'renamed', title: 'Giraffe' });
    await server.settle();
    expect(names(await find('zebra'))).toEqual([]);
    expect(names(await find('giraffe'))).toEqual(['renamed']);
    await server.ask('DELETE', `${path}/renamed`);
    await server.settle();
    expect(names(await find('giraffe'))).toEqual([]);
    const left = await sql`select from entity_words where identifier in ('renamed', 'fleeting')`.execute(
      server.core.db,
    );
    expect(left.rows).toEqual([]);
  });

  test('shows what the person may read', async () => {
    const closed = await server.blueprint({ identifier: 'closed', title: 'Closed' });
    await server.entity(closed, { identifier: 'c', title: 'Okapi' });
    await server.settle();
    const read = { users: [], roles: ['Admin'], teams: [], ownedByTeam: false };
    await server.ask('PATCH', `/v1/blueprints/${closed}/permissions`, { entities: { read } });
    expect(names(await find('okapi', testPerson('ana', ['Member'])))).toEqual([]);
    expect(names(await find('okapi', testPerson('root', ['Admin'])))).toEqual(['c']);
  });

  test('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (q) => {
        const answer = await server.ask('GET', `/api/v1/search?q=${encodeURIComponent(q.toWellFormed())}`);
        expect([200, 422]).toContain(answer.status);
      }),
      { numRuns: 60 },
    );
  });

  test('any part of a word of a title is found', async () => {
    let round = 0;
    const word = fc.stringMatching(/^[a-z][a-z0-9]{2,15}$/);
    await fc.assert(
      fc.asyncProperty(word, word, fc.nat(), fc.nat(), async (first, second, at, length) => {
        round += 1;
        const identifier = `part${round}`;
        await server.entity('service', { identifier, title: `${first} ${second}` });
        await server.settle();
        const start = at % (first.length - 2);
        const part = first.slice(start, start + 3 + (length % first.length));
        const found = await server.ask('GET', `/api/v1/search?limit=50&q=${encodeURIComponent(`${part} ${second}`)}`);
        expect(names(found.body['results'] as readonly Hit[])).toContain(identifier);
      }),
      { numRuns: 15 },
    );
  });
});
