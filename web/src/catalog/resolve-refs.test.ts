import { expect, test } from 'vitest';
import { readApiText } from './read-api-text.ts';
import { resolveRef } from './resolve-refs.ts';

const document = {
  openapi: '3.1.0',
  paths: { '/a/{b}': { get: { summary: 'Deep' } } },
  components: {
    parameters: { limit: { name: 'limit', in: 'query', schema: { $ref: '#/components/schemas/Count' } } },
    schemas: {
      Count: { type: 'integer', description: 'How many' },
      Same: { $ref: '#/components/schemas/Count', description: 'As many' },
      Circle: { $ref: '#/components/schemas/Round' },
      Round: { $ref: '#/components/schemas/Circle' },
      Self: { $ref: '#' },
      'a~b': { type: 'string' },
    },
  },
};
const at = (ref: string) => resolveRef(document, { $ref: ref });

test('references within a description are followed, over others too', () => {
  expect(at('#/components/parameters/limit')).toMatchObject({ kind: 'here', name: 'limit', value: { in: 'query' } });
  expect(at('#/paths/~1a~1%7Bb%7D/get')).toMatchObject({ kind: 'here', value: { summary: 'Deep' } });
  expect(at('#/components/schemas/a~0b')).toMatchObject({ kind: 'here', value: { type: 'string' } });
  expect(at('#/components/schemas/Same')).toEqual({
    kind: 'here',
    name: 'Count',
    value: { type: 'integer', description: 'As many' },
  });
  expect(resolveRef(document, 'plain')).toMatchObject({ kind: 'here', value: 'plain' });
});

test('circles end, nothing is fetched, and what is inherited is no part of a document', () => {
  expect(at('#/components/schemas/Circle')).toMatchObject({ kind: 'lost' });
  expect(at('#/components/schemas/Self')).toMatchObject({ kind: 'here' });
  expect(at('#/nowhere')).toEqual({ kind: 'lost', ref: '#/nowhere' });
  expect(at('#/__proto__/toString')).toMatchObject({ kind: 'lost' });
  expect(at('#/constructor')).toMatchObject({ kind: 'lost' });
  expect(at('#/%E0%A4%A')).toMatchObject({ kind: 'lost' });
  expect(at('https://example.com/common.yaml#/Limit')).toEqual({
    kind: 'elsewhere',
    ref: 'https://example.com/common.yaml#/Limit',
  });
  expect(at('./common.yaml')).toMatchObject({ kind: 'elsewhere' });
});

test('merge keys of YAML put what they name in', async () => {
  const text = `openapi: 3.1.0
x-common: &common { summary: Common, tags: [a] }
paths:
  /orders:
    get: { <<: *common, operationId: orders }
    post: { <<: [*common, { deprecated: true }], summary: Own }
`;
  expect(await readApiText(text)).toMatchObject({
    kind: 'document',
    value: {
      paths: {
        '/orders': {
          get: { summary: 'Common', tags: ['a'], operationId: 'orders' },
          post: { summary: 'Own', tags: ['a'], deprecated: true },
        },
      },
    },
  });
  const laughs = ['openapi: 3.1.0', 'a: &a { x: 1 }'];
  for (let step = 0; step < 150; step += 1) laughs.push(`b${step}: { <<: [*a, *a] }`);
  expect(await readApiText(laughs.join('\n'))).toEqual({ kind: 'long' });
  expect(await readApiText('openapi: 3.1.0\na: &a { <<: *a }')).toMatchObject({ kind: 'broken' });
});
