import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UserInputs } from './action.ts';
import { assertUsableInputs } from './user-inputs-rules.ts';

function check(inputs: object): void {
  assertUsableInputs({ properties: {}, ...inputs } as UserInputs);
}

const text = { type: 'string' };
const of = (input: object): object => ({ properties: { a: input } });
const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
const smallKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });

describe('a form that may be saved', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ...[
      'date-time',
      'url',
      'email',
      'ipv4',
      'ipv6',
      'yaml',
      'user',
      'team',
      'proto',
      'markdown',
      'multi-line',
      'labeled-url',
    ].map((format): [string, object] => [format, of({ ...text, format })]),
    ['an entity', of({ ...text, format: 'entity', blueprint: 'service', sort: { property: '$title', order: 'DESC' } })],
    ['entities', of({ type: 'array', items: { ...text, format: 'entity', blueprint: 'service' } })],
    ['entities named by the list', of({ type: 'array', blueprint: 'service', items: { ...text, format: 'entity' } })],
    [
      'everything computed',
      of({
        ...text,
        ...Object.fromEntries(
          ['default', 'enum', 'required', 'visible', 'disabled', 'pattern'].map((key) => [key, { jqQuery: '.' }]),
        ),
      }),
    ],
    [
      'a computed list',
      of({
        type: 'array',
        items: { ...text, enum: { jqQuery: '.' } },
        minItems: { jqQuery: '1' },
        maxItems: { jqQuery: '2' },
      }),
    ],
    ['an object with required keys', of({ type: 'object', properties: { x: text }, required: ['x'] })],
    ['colours', of({ ...text, enum: ['a', 'b'], enumColors: { a: 'red' } })],
    ['a secret', of({ ...text, encryption: 'aes256-gcm' })],
    ['a secret for the browser', of({ ...text, encryption: { algorithm: 'client-side', key: publicKey } })],
    [
      'a dataset with a computed value',
      of({
        ...text,
        format: 'entity',
        blueprint: 'service',
        dataset: {
          combinator: 'and',
          rules: [
            { property: 'a', operator: '=', value: { jqQuery: '.form.b' } },
            { property: 'a', operator: 'containsAny', value: { jqQuery: '.form.b' } },
            { property: '$createdAt', operator: 'between', value: { jqQuery: '.form.b' } },
            { property: 'n', operator: '>', value: { jqQuery: '.form.b' } },
          ],
        },
      }),
    ],
    [
      'steps',
      {
        properties: { a: text, b: text },
        steps: [
          { title: 'One', order: ['a'] },
          { title: 'Two', order: ['b'], visible: { jqQuery: 'true' } },
        ],
      },
    ],
    [
      'titles',
      { properties: { a: text }, order: ['t', 'a'], titles: { t: { title: 'T', description: 'd', visible: false } } },
    ],
    ['names of every object', { properties: { constructor: text, toString: text, 'a@b=c-d': text } }],
  ])('%s', (_case, inputs) => {
    expect(() => check(inputs)).not.toThrow();
  });
});

describe('a form that may not, with its place', () => {
  it.each<[string, object, string]>([
    ['no type', of({}), 'properties.a.type'],
    ['a type of JSON that forms lack', of({ type: 'null' }), 'properties.a.type'],
    ['an unknown format', of({ ...text, format: 'fax' }), 'properties.a.format'],
    [
      'an unknown format of items',
      of({ type: 'array', items: { ...text, format: 'fax' } }),
      'properties.a.items.format',
    ],
    ['an entity of no blueprint', of({ ...text, format: 'entity' }), 'properties.a.blueprint'],
    ['a title that is a number', of({ ...text, title: 7 }), 'properties.a.title'],
    ['visible as text', of({ ...text, visible: 'yes' }), 'properties.a.visible'],
    ['a jqQuery that is no text', of({ ...text, enum: { jqQuery: 7 } }), 'properties.a.enum.jqQuery'],
    ['a pattern that cannot be read', of({ ...text, pattern: '(' }), 'properties.a.pattern'],
    ['a default that does not fit', of({ ...text, maxLength: 1, default: 'xx' }), 'properties.a.default'],
    ['a default outside of its list', of({ ...text, enum: ['a'], default: 'b' }), 'properties.a.default'],
    ['lengths that nothing fits', of({ ...text, minLength: 3, maxLength: 2 }), 'properties.a.minLength'],
    ['dependence on nothing', of({ ...text, dependsOn: ['b'] }), 'properties.a.dependsOn'],
    [
      'dependence in a circle',
      { properties: { a: { ...text, dependsOn: ['b'] }, b: { ...text, dependsOn: ['a'] } } },
      'dependsOn',
    ],
    ['dependence on itself', of({ ...text, dependsOn: ['a'] }), 'properties.a.dependsOn'],
    ['a sort without order', of({ ...text, sort: { property: 'x' } }), 'properties.a.sort'],
    ['a dataset that is no query', of({ ...text, dataset: {} }), 'properties.a.dataset.combinator'],
    [
      'a dataset with an unknown operator',
      of({ ...text, dataset: { combinator: 'and', rules: [{ property: 'x', operator: 'like', value: 1 }] } }),
      'properties.a.dataset.rules[0].operator',
    ],
    ['colours that are none', of({ ...text, enumColors: { a: 7 } }), 'properties.a.enumColors'],
    ['an unknown encryption', of({ ...text, encryption: 'rot13' }), 'properties.a.encryption'],
    ['a secret number', of({ type: 'number', encryption: 'aes256-gcm' }), 'properties.a.encryption'],
    ['a secret with a default', of({ ...text, encryption: 'aes256-gcm', default: 'x' }), 'properties.a.default'],
    [
      'a key that is none',
      of({ ...text, encryption: { algorithm: 'client-side', key: 'x' } }),
      'properties.a.encryption.key',
    ],
    [
      'a key that is too small',
      of({ ...text, encryption: { algorithm: 'client-side', key: smallKey } }),
      'properties.a.encryption.key',
    ],
    ['a name with a blank', { properties: { 'a b': text } }, 'properties.a b'],
    [
      'a name that is every object’s',
      JSON.parse('{"properties":{"__proto__":{"type":"string"}}}') as object,
      '__proto__',
    ],
    ['order beside steps', { properties: { a: text }, order: ['a'], steps: [{ title: 'S', order: ['a'] }] }, 'order'],
    ['a step without title', { properties: { a: text }, steps: [{ order: ['a'] }] }, 'steps[0].title'],
    [
      'a step with an unknown key',
      { properties: { a: text }, steps: [{ title: 'S', order: ['a'], x: 1 }] },
      'steps[0].x',
    ],
    ['a step of nothing known', { properties: { a: text }, steps: [{ title: 'S', order: ['b'] }] }, 'steps[0].order'],
    [
      'an input in two steps',
      {
        properties: { a: text },
        steps: [
          { title: 'S', order: ['a'] },
          { title: 'T', order: ['a'] },
        ],
      },
      'steps[1].order',
    ],
    ['a long heading', { titles: { t: { title: 'x'.repeat(141) } } }, 'titles.t.title'],
    ['required of nothing', { required: ['b'] }, 'required'],
    ['required as something else', { required: { a: 1 } }, 'required'],
    [
      'too many inputs',
      { properties: Object.fromEntries(Array.from({ length: 301 }, (_, n) => [`a${n}`, text])) },
      'properties',
    ],
    [
      'too many expressions',
      {
        properties: Object.fromEntries(
          Array.from({ length: 251 }, (_, n) => [
            `a${n}`,
            { ...text, enum: { jqQuery: '.' }, visible: { jqQuery: '.' } },
          ]),
        ),
      },
      'expressions',
    ],
  ])('%s', (_case, inputs, words) => {
    let refused: unknown;
    try {
      check(inputs);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ kind: 'invalid', code: 'user_inputs_schema_invalid' });
    expect((refused as Error).message).toContain(words);
  });

  it('a definition nested without end is refused, not followed', () => {
    let deep: object = text;
    for (let level = 0; level < 2_000; level += 1) deep = { type: 'object', properties: { a: deep } };
    expect(() => check(of(deep))).toThrow(/levels/);
    let dataset: object = { property: 'a', operator: '=', value: 1 };
    for (let level = 0; level < 2_000; level += 1) dataset = { combinator: 'and', rules: [dataset] };
    expect(() => check(of({ ...text, dataset }))).toThrow(/dataset/);
  });
});
