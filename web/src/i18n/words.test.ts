import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const sources = join(here, '..');
const plural = /_(zero|one|two|few|many|other)$/;

type Words = { readonly [key: string]: string | Words };

const read = (language: string, file: string): Words =>
  JSON.parse(readFileSync(join(here, 'locales', language, file), 'utf8')) as Words;

function leaves(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as [string, string]] : leaves(value, `${prefix}${key}.`),
  );
}

/** Keys without plural endings, since languages differ in how many plurals they have. */
const keysOf = (words: Words): string[] =>
  [...new Set(leaves(words).map(([key]) => key.replace(plural, '')))].toSorted();
const variablesOf = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted();

const files = globSync('**/*.json', { cwd: join(here, 'locales/en') }).toSorted();

const fileOf = (namespace: string): string =>
  files.find((file) => basename(file) === `${namespace}.json`) ?? `${namespace}.json`;

describe('words', () => {
  it('finds the lists of both languages', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(globSync('**/*.json', { cwd: join(here, 'locales/zh-CN') }).toSorted()).toEqual(files);
  });

  it.each(files)('%s has the same keys in both languages', (file) => {
    expect(keysOf(read('zh-CN', file))).toEqual(keysOf(read('en', file)));
  });

  it.each(files)('%s has nothing empty, and Chinese where it is Chinese', (file) => {
    for (const [key, text] of leaves(read('zh-CN', file))) {
      expect(text.trim(), key).not.toBe('');
      if (/[a-z]{4}/.test(text) && !/\p{Script=Han}/u.test(text)) {
        // Names and examples that are the same everywhere.
        expect(text, key).toMatch(/^(Quayside|Webhook|\[?\{ "key": "value" \}\]?|\{\{.*\}\}.*)$/);
      }
    }
  });

  it.each(files)('%s uses the same variables in both languages', (file) => {
    const english = Object.fromEntries(leaves(read('en', file)));
    for (const [key, text] of leaves(read('zh-CN', file))) {
      const same = english[key] ?? english[key.replace(plural, '_other')];
      expect(variablesOf(text), key).toEqual(variablesOf(same ?? ''));
    }
  });
});

/** Text between tags, and attributes that people read. */
const written = [
  />\s*([A-Z][a-z]+(?: [a-z]+)+)[^<{]*</g,
  /\b(?:title|label|placeholder|aria-label|alt)="([^"]*[a-z]{3}[^"]*)"/g,
];

const askedTogether: readonly (readonly [call: string, keys: readonly string[]])[] = [
  ['leaveWords(t)', ['title', 'help', 'discard', 'keep', 'stay'].map((word) => `leave.${word}`)],
  [
    'conflictWords(t)',
    ['title', 'same', 'theirs', 'mine', 'before', 'nothing', 'later', 'takeAll', 'save'].map(
      (word) => `conflict.${word}`,
    ),
  ],
];

describe('components', () => {
  const components = globSync('**/*.tsx', { cwd: sources });

  it.each(components)('%s has no words of its own', (file) => {
    const code = readFileSync(join(sources, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const found = written.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
    // Brand names are the same in every language.
    expect(found.filter((text) => text !== undefined && !['GitHub', 'Slack'].includes(text))).toEqual([]);
  });

  it('names every key that is asked for literally', () => {
    const missing = components.flatMap((file) => {
      const code = readFileSync(join(sources, file), 'utf8');
      const namespaces = [...code.matchAll(/useTranslation\(\[?((?:'[\w-]+'(?:, )?)+)\]?\)/g)]
        .flatMap((match) => (match[1] ?? '').split(', '))
        .map((name) => name.slice(1, -1));
      const known = new Set([...new Set([...namespaces, 'common'])].flatMap((one) => keysOf(read('en', fileOf(one)))));
      const asked = [...code.matchAll(/(?<![\w.])t\(\s*'([\w.-]+)'(?!,\s*\{[^}]*ns:)/g)].map((match) => match[1] ?? '');
      return [...asked, ...askedTogether.flatMap(([call, keys]) => (code.includes(call) ? keys : []))]
        .filter((key) => !known.has(key))
        .map((key) => `${basename(file)}: ${key}`);
    });
    expect(missing).toEqual([]);
  });
});
