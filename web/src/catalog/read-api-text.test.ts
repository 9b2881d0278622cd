import fc from 'fast-check';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { addressOf, LONGEST, readApiText } from './read-api-text.ts';

const document = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '2' },
  paths: { '/orders': { get: { summary: 'All orders', responses: { 200: { description: 'A list' } } } } },
};

test('a description is the same as YAML, as JSON and as JSON with tabs', async () => {
  for (const text of [stringify(document), JSON.stringify(document), JSON.stringify(document, null, '\t')]) {
    expect(await readApiText(text)).toEqual({ kind: 'document', value: JSON.parse(JSON.stringify(document)) });
  }
  expect(await readApiText('asyncapi: 2.6.0\nchannels: {}')).toMatchObject({ kind: 'document' });
});

test('what is no description is told from what cannot be read, with the line', async () => {
  expect(await readApiText('name: orders')).toEqual({ kind: 'other' });
  expect(await readApiText('not written yet')).toEqual({ kind: 'other' });
  expect(await readApiText('openapi: 3.1.0\ninfo: [\npaths: {}')).toEqual({ kind: 'broken', line: 3 });
  expect(await readApiText('openapi: 3.1.0\n---\nname: more')).toEqual({
    kind: 'document',
    value: { openapi: '3.1.0' },
  });
});

test('text that grows when it is read, nests without end or is very long is not read', async () => {
  const laughs = ['openapi: &a [1,1,1,1,1,1,1,1,1]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'])
    laughs.push(`${to}: &${to} [${`*${from},`.repeat(9)}]`);
  expect(await readApiText(laughs.join('\n'))).toMatchObject({ kind: 'broken' });
  expect(await readApiText(`openapi: &a 3\nlist: [${'*a,'.repeat(5_000)}]`)).toEqual({ kind: 'long' });
  expect(await readApiText(`openapi: ${'['.repeat(20_000)}`)).toMatchObject({ kind: 'broken' });
  expect(await readApiText(`openapi: ${'x'.repeat(LONGEST)}`)).toEqual({ kind: 'long' });
});

test('many keys are read in time that grows with their number', async () => {
  const keys = (count: number): string =>
    `openapi: 3.1.0\n${Array.from({ length: count }, (_, index) => `k${index}: 1`).join('\n')}`;
  const took = async (count: number): Promise<number> => {
    const before = process.cpuUsage();
    await readApiText(keys(count));
    return process.cpuUsage(before).user;
  };
  await took(2_000);
  expect((await took(16_000)) / (await took(2_000))).toBeLessThan(24);
});

test('whatever text it is, something is said of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme-ascii', maxLength: 80 }), async (text) => {
      expect(['document', 'other', 'broken', 'long']).toContain((await readApiText(text)).kind);
    }),
  );
});

test('an address is one web address and nothing else', () => {
  expect(addressOf(' https://example.com/openapi.yaml\n')?.host).toBe('example.com');
  for (const text of ['javascript:alert(1)', 'https://', 'https://example.com is ours', 'openapi: 3.1.0'])
    expect(addressOf(text)).toBeUndefined();
});
