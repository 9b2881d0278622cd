import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { createJqPool } from '../jq/jq-pool.ts';
import { checkTemplate } from './check-template.ts';
import { collectTemplateBlocks } from './collect-template-blocks.ts';
import { renderTemplate } from './render-template.ts';

const jq = createJqPool({ size: 1, deadlineMs: 150, maxOutputBytes: 1_000_000 });
afterAll(() => jq.close());

const lenient = (template: unknown, context: unknown = {}): Promise<unknown> =>
  renderTemplate(template, context, jq, { strict: false });
const strict = (template: unknown, context: unknown = {}): Promise<unknown> =>
  renderTemplate(template, context, jq, { strict: true });

describe('a text', () => {
  it('without blocks stays, and so does everything that is no text', async () => {
    for (const value of ['text', 'a } b { c', '', 123, true, false, null, undefined]) {
      expect(await lenient(value)).toBe(value);
    }
  });

  it.each([['bar'], [1], [true], [false], [null], [['bar']], [{ a: { b: 1, c: 'x' } }]])(
    'that is one block keeps the type: %j',
    async (foo) => {
      expect(await lenient('{{.foo}}', { foo })).toEqual(foo);
      expect(await lenient(' {{ .foo }} \n', { foo })).toEqual(foo);
      expect(await lenient('{{ .foo | . }}', { foo })).toEqual(foo);
    },
  );

  it.each([
    ['bar', 'q=bar'],
    [1, 'q=1'],
    [false, 'q=false'],
    [null, 'q=null'],
    [undefined, 'q=null'],
    [[1, 'a'], 'q=[1,"a"]'],
    [{ bar: 'bar' }, 'q={"bar":"bar"}'],
  ])('with more than one block takes results in: %j', async (foo, expected) => {
    expect(await lenient('q={{.foo}}', { foo })).toBe(expected);
  });

  it('mixes texts and blocks', async () => {
    const context = { str: 'bar', num: 1, obj: { a: [true] } };
    expect(await lenient('{{.str}}{{.num}} = {{ .obj.a | length }};{{.none}}', context)).toBe('bar1 = 1;null');
    expect(await lenient('"{{.str}}"', context)).toBe('"bar"');
    expect(await lenient('{"text":{{.obj}}}', context)).toBe('{"text":{"a":[true]}}');
    expect(await lenient('{{{a: .num}}}', context)).toEqual({ a: 1 });
    expect(await lenient('{{"\\"foo\\""}}', context)).toBe('"foo"');
    expect(await lenient("{{'https://url.' + .str}}", context)).toBe('https://url.bar');
    expect(await lenient("{{\"https://'url.\" + 'test.' + .str}}", context)).toBe("https://'url.test.bar");
    expect(await lenient('{{1, 2}}', context)).toBe(1);
  });

  it('has no result for an empty block', async () => {
    expect(await lenient('{{empty}}')).toBeUndefined();
    expect(await lenient('[{{empty}}]')).toBe('[undefined]');
  });
});

describe('arrays and objects', () => {
  const context = { foo: 'bar', bar: 'foo', n: 1, obj: { x: 1, foo: 2 } };

  it('are rendered to the last leaf, keys too', async () => {
    expect(await lenient({ '{{.foo}}': '{{.bar}}{{.foo}}' }, context)).toEqual({ bar: 'foobar' });
    expect(await lenient([{ 'x-{{.bar}}': [false, '/foo/{{.foo + .bar}}', null, 7] }], context)).toEqual([
      { 'x-foo': [false, '/foo/barfoo', null, 7] },
    ]);
  });

  it('drop pairs whose value has no result, and keep the place in an array', async () => {
    const rendered = await lenient({ a: '{{empty}}', b: ['{{empty}}', 1], c: '{{null}}' });
    expect(rendered).toStrictEqual({ b: [null, 1], c: null });
  });

  it.each(['{{empty}}', '{{null}}', '{{""}}', "{{''}}", '{{.none}}', ''])(
    'drop a pair whose key is %s',
    async (key) => {
      expect(await lenient({ [key]: 'x', kept: 1 })).toEqual({ kept: 1 });
    },
  );

  it.each([
    ['{{1}}', 'a number'],
    ['{{true}}', 'a boolean'],
    ['{{ {} }}', 'an object'],
    ['{{ [] }}', 'an array'],
  ])('refuse the key %s in either mode', async (key, kind) => {
    for (const render of [lenient, strict]) {
      await expect(render({ body: { [key]: 'x' } })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'evaluate_invocation_method_error',
        message: `Evaluated object key should be undefined, null or string, but ${key} at $.body is ${kind}.`,
        details: { path: '$.body' },
      });
    }
  });

  it('a dropped key takes the failures of its value with it', async () => {
    expect(await strict({ '{{empty}}': '{{ .foo.bar.baz }}', '{{null}}': 'unbalanced {{', a: 1 }, context)).toEqual({
      a: 1,
    });
  });

  it('spread a value where its key says so', async () => {
    expect(await lenient({ '{{spreadValue()}}': { foo: '{{.foo}}' } }, context)).toEqual({ foo: 'bar' });
    expect(await lenient({ first: 1, ' {{ spreadValue( ) }} ': '{{ .obj }}', x: 3 }, context)).toEqual({
      first: 1,
      x: 3,
      foo: 2,
    });
    expect(await lenient({ x: 3, '{{spreadValue()}}': '{{ .obj }}' }, context)).toEqual({ x: 1, foo: 2 });
  });

  it.each([
    ['str', 'a string'],
    ['{{ "str" }}', 'a string'],
    ['{{ .none }}', 'null'],
    ['{{ [1] }}', 'an array'],
    ['{{ empty }}', 'nothing'],
  ])('refuse to spread %s', async (value, kind) => {
    await expect(lenient({ body: { '{{ spreadValue() }}': value } })).rejects.toMatchObject({
      code: 'evaluate_invocation_method_error',
      message: `The value of {{ spreadValue() }} at $.body must be an object, not ${kind}.`,
    });
  });

  it('rebuild a payload of the first version', async () => {
    const template = {
      action: '{{ .action.identifier[("vm_" | length):] }}',
      context: { entity: '{{.entity.identifier}}', runId: '{{.run.id}}' },
      trigger: '{{ .trigger | {by, origin, at} }}',
      payload: {
        entity: '{{ (if .entity == {} then null else .entity end) }}',
        properties: {
          '{{if (.inputs | has("cpu")) then "cpu" else null end}}': '{{.inputs."cpu"}}',
          '{{if (.inputs | has("ram")) then "ram" else null end}}': '{{.inputs."ram"}}',
        },
      },
    };
    const run = {
      action: { identifier: 'vm_create' },
      entity: {},
      run: { id: 'r_1' },
      trigger: { by: { userId: 'u' }, origin: 'UI', at: 'now', extra: 1 },
      inputs: { cpu: 4 },
    };
    expect(await strict(template, run)).toEqual({
      action: 'create',
      context: { entity: null, runId: 'r_1' },
      trigger: { by: { userId: 'u' }, origin: 'UI', at: 'now' },
      payload: { entity: null, properties: { cpu: 4 } },
    });
  });

  it('keys named __proto__ and constructor pollute nothing', async () => {
    const template: unknown = JSON.parse(
      '{"__proto__":{"a":1},"{{\\"__proto__\\"}}x":1,"constructor":{"prototype":2}}',
    );
    const rendered = await lenient(template);
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"a":1},"__proto__x":1,"constructor":{"prototype":2}}');
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
    const spread = await lenient({ '{{spreadValue()}}': '{{ .evil }}' }, { evil: JSON.parse('{"__proto__":{"a":1}}') });
    expect(JSON.stringify(spread)).toBe('{"__proto__":{"a":1}}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});

describe('failures', () => {
  it.each(['{{.foo.bar.baz}}', '{{.foo +}}', '{{nope}}', '{{1/0}}', '{{ }}', '{{ error("x") }}', '{{ def f: f; f }}'])(
    'lenient: %s is null',
    async (template) => {
      expect(await lenient(template, { foo: 'bar' })).toBeNull();
      expect(await lenient(`a${template}`, { foo: 'bar' })).toBe('anull');
    },
  );

  it.each([
    ['{{ .foo + 1 }}', 'cannot be evaluated: string and number cannot be added.', 'runtime'],
    ['{{ .foo | }}', 'does not compile: syntax error, unexpected end of file (line 1, column 8).', 'compile'],
    ['{{ error(.foo) }}', 'cannot be evaluated: it fails while running.', 'runtime'],
    ['{{ def f: f; f }}', 'cannot be evaluated: the expression took longer than 150 ms.', 'timeout'],
  ])('strict: %s is refused with its place', async (text, words, reason) => {
    const expression = text.slice(2, -2).trim();
    await expect(strict({ body: { 'x-y': [1, { text }] } }, { foo: 's3cret' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'evaluate_invocation_method_error',
      message: `The expression {{ ${expression} }} at $.body["x-y"][1].text ${words}`,
      details: { path: '$.body["x-y"][1].text', expression, reason },
    });
  });

  it('takes another code', async () => {
    const options = { strict: true, code: 'invalid_policy' };
    await expect(renderTemplate('{{ .a.b }}', { a: 1 }, jq, options)).rejects.toMatchObject({ code: 'invalid_policy' });
  });

  it('unbalanced braces are refused in either mode', async () => {
    for (const render of [lenient, strict]) {
      await expect(render({ a: 'prefix{{.foo}postfix' })).rejects.toMatchObject({
        message: 'Found opening double braces in index 6 without closing double braces, at $.a.',
      });
    }
  });

  it('never repeat a value of the context', async () => {
    const secret = fc.stringMatching(/^[A-Z]{8,16}$/).map((text) => `s3-${text}`);
    const expression = fc.constantFrom(
      '.s + 1',
      '.s | .x',
      '.s[]',
      '.s | tonumber',
      'error(.s)',
      '{(.s): 1} | .[.s] | .y',
      '.n[.s]',
      '.s | keys',
      '[.s] | @sh | error',
      '.s | test("(")',
      '.s | test(.s + "(")',
      '.s | fromjson',
      '.s * .s',
      '.n - .s',
      '{} | .[.s].x.y[0]',
      '.s | strptime("%Y")',
      '.s as [$x] | $x',
      '[.s] | implode',
      '.s | @base64d',
      '.s | todate',
      '.s | ascii_downcase | error',
      '.s | halt_error',
      'input | .s',
      '.s | ltrimstr("x") | error',
    );
    await fc.assert(
      fc.asyncProperty(secret, expression, async (s, failing) => {
        const refused: unknown = await strict(`{{ ${failing} }}`, { s, n: 1 }).catch((error: unknown) => error);
        if (!(refused instanceof Error)) return;
        const told = JSON.stringify([refused.message, (refused as { details?: unknown }).details]).toLowerCase();
        expect(told).not.toContain(s.toLowerCase());
        expect(told).not.toContain(s.slice(0, 6).toLowerCase());
      }),
      { numRuns: 60 },
    );
  });

  it('refuse what is nested too deeply, too large or too much', async () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 70; level += 1) deep = [deep];
    await expect(lenient(deep)).rejects.toMatchObject({
      message: expect.stringContaining('nested more than 64 levels') as string,
    });
    const large = { text: 'x'.repeat(100_000) };
    await expect(lenient('{{.text}}'.repeat(50), large)).rejects.toMatchObject({
      message: 'The result of the template is too large.',
    });
    await expect(
      lenient(
        Array.from({ length: 50 }, () => '{{.}}'),
        large,
      ),
    ).rejects.toMatchObject({ code: 'evaluate_invocation_method_error' });
    const many = Array.from({ length: 1001 }, (_, n) => `{{ .a${n} }}`);
    await expect(lenient(many)).rejects.toMatchObject({
      message: 'The template has more than 1000 different expressions.',
    });
  });
});

describe('looking at a template', () => {
  const template = {
    url: 'https://{{ .a }}/{{.b}}',
    body: { '{{.k}}': ['{{ .c | }}', 1] },
    'x y': '{{ "open',
    '{{ spreadValue() }}': 'text',
  };

  it('collects its blocks in order', () => {
    expect(collectTemplateBlocks(template)).toEqual([
      { path: '$.url', place: 'value', expression: ' .a ' },
      { path: '$.url', place: 'value', expression: '.b' },
      { path: '$.body["{{.k}}"]', place: 'key', expression: '.k' },
      { path: '$.body["{{.k}}"][0]', place: 'value', expression: ' .c | ' },
    ]);
  });

  it('finds what is wrong before there is anything to evaluate', async () => {
    expect(await checkTemplate(template, jq)).toEqual([
      { path: '$', message: 'The value of {{ spreadValue() }} must be an object' },
      { path: '$["x y"]', message: 'Found opening double braces in index 0 without closing double braces' },
      {
        path: '$.body["{{.k}}"][0]',
        expression: ' .c | ',
        message: 'syntax error, unexpected end of file (line 1, column 6)',
      },
    ]);
    expect(await checkTemplate({ a: '{{ .x }}', '{{ spreadValue() }}': '{{ .y }}' }, jq)).toEqual([]);
  });
});

describe('laws', () => {
  const plain = fc.string().map((text) => text.replaceAll(/[{}]/g, ''));

  it('a template without braces renders to itself', async () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 1.5),
        plain,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          plain.filter((key) => key !== ''),
          tie('value'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (template) => {
        expect(await strict(template)).toEqual(template);
      }),
    );
  });

  it('a value inserted alone is itself, inserted in text it is text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), plain, plain, async (value, before, after) => {
        const context: unknown = JSON.parse(JSON.stringify({ value }));
        expect(await strict('{{ .value }}', context)).toEqual((context as { value: unknown }).value);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        expect(await strict(`<${before}{{ .value }}${after}>`, context)).toBe(`<${before}${text}${after}>`);
      }),
    );
  });
});

it('plain paths need no jq, other expressions one batch', async () => {
  const batches: (readonly string[])[] = [];
  const counting: Pick<typeof jq, 'evaluateBatch'> = {
    evaluateBatch: (programs, inputs) => {
      batches.push(programs);
      return jq.evaluateBatch(programs, inputs);
    },
  };
  const rendered = await renderTemplate(
    { a: '{{.x}}', b: ['{{.x}}', '{{ .x + 1 }}-{{ .x * 2 }}'] },
    { x: 1 },
    counting,
    { strict: true },
  );
  expect(rendered).toEqual({ a: 1, b: [1, '2-2'] });
  expect(batches).toEqual([['.x', ' .x + 1 ', ' .x * 2 ']]);
});
