import { afterAll, describe, expect, it } from 'vitest';
import { createJqPool } from '#platform/jq/jq-pool.ts';
import type { UserInputs } from './action.ts';
import { type FormScope, resolveForm } from './resolve-form.ts';

const jq = createJqPool({ size: 1, deadlineMs: 1_000, maxOutputBytes: 1_000_000 });
afterAll(() => jq.close());

const user = { email: 'ada@example.com', teams: [{ name: 'payments' }], roles: [{ name: 'Member' }] };

async function resolved(inputs: object, given: object = {}, scope: Partial<FormScope> = {}) {
  const whole: FormScope = {
    given: given as Record<string, unknown>,
    entity: null,
    user,
    withEntities: async (values) => values,
    dropHidden: true,
    ...scope,
  };
  return resolveForm(jq, { properties: {}, ...inputs } as UserInputs, whole);
}

const text = { type: 'string' };

describe('what a form computes', () => {
  it('shows, needs, disables and offers by what was entered', async () => {
    const inputs = {
      properties: {
        env: { ...text, enum: ['dev', 'prod'] },
        reason: { ...text, visible: { jqQuery: '.form.env == "prod"' } },
        size: { ...text, enum: { jqQuery: 'if .form.env == "prod" then ["l", "xl"] else ["s"] end' } },
        owner: { ...text, disabled: { jqQuery: '.form.env == "dev"' }, default: { jqQuery: '.user.email' } },
        tags: { type: 'array', items: { ...text, enum: { jqQuery: '[.form.env, "x"]' } }, minItems: { jqQuery: '1' } },
      },
      required: { jqQuery: 'if .form.env == "prod" then ["env", "reason"] else ["env"] end' },
    };
    const dev = await resolved(inputs, { env: 'dev' });
    expect(dev.inputs).toMatchObject({
      env: { visible: true, required: true, disabled: false },
      reason: { visible: false, required: false },
      size: { enum: ['s'] },
      owner: { disabled: true, default: 'ada@example.com' },
      tags: { enum: ['dev', 'x'], minItems: 1 },
    });
    expect(dev.values).toEqual({ env: 'dev', owner: 'ada@example.com' });
    const prod = await resolved(inputs, { env: 'prod' });
    expect(prod.inputs).toMatchObject({ reason: { visible: true, required: true }, size: { enum: ['l', 'xl'] } });
  });

  it('compares untouched text as the empty text, and everything else as null', async () => {
    const inputs = {
      properties: {
        name: text,
        count: { type: 'number' },
        what: { ...text, format: 'entity', blueprint: 'service' },
        seen: { type: 'array', items: text, default: { jqQuery: '[.form.name, .form.count, .form.what, .entity]' } },
      },
    };
    expect((await resolved(inputs)).values).toEqual({ seen: ['', null, null, null] });
  });

  it('defaults may rest on each other, and what was touched or cleared stays', async () => {
    const inputs = {
      properties: {
        a: { ...text, default: 'x' },
        b: { ...text, default: { jqQuery: '.form.a + "1"' } },
        c: { ...text, default: { jqQuery: '.form.b + "2"' } },
      },
    };
    expect((await resolved(inputs)).values).toEqual({ a: 'x', b: 'x1', c: 'x12' });
    expect((await resolved(inputs, { b: 'own' })).values).toEqual({ a: 'x', b: 'own', c: 'own2' });
    expect((await resolved(inputs, { b: null })).values).toMatchObject({ b: null });
  });

  it('defaults that chase each other end', async () => {
    const next = (other: string): object => ({ ...text, default: { jqQuery: `.form.${other} + "1"` } });
    const { values } = await resolved({ properties: { a: next('b'), b: next('a') } });
    expect(String(values['a']).length).toBeLessThan(10);
  });

  it('inputs wait for those they depend on', async () => {
    const inputs = { properties: { a: text, b: { ...text, dependsOn: ['a'] } } };
    expect((await resolved(inputs)).inputs['b']?.disabled).toBe(true);
    expect((await resolved(inputs, { a: 'x' })).inputs['b']?.disabled).toBe(false);
    expect((await resolved(inputs, { a: '' })).inputs['b']?.disabled).toBe(true);
  });

  it('what is hidden keeps its default; the form forgets what was typed there, a request does not', async () => {
    const inputs = {
      properties: {
        on: { type: 'boolean' },
        b: { ...text, default: 'kept', visible: { jqQuery: '.form.on == true' } },
      },
    };
    expect((await resolved(inputs, { b: 'typed' })).values).toEqual({ b: 'kept' });
    expect((await resolved(inputs, { b: 'typed' }, { dropHidden: false })).values).toEqual({ b: 'typed' });
    expect((await resolved(inputs, { b: 'typed', on: true })).values).toEqual({ on: true, b: 'typed' });
  });

  it('a hidden step hides its inputs and titles', async () => {
    const inputs = {
      properties: { a: text, b: text },
      required: ['a', 'b'],
      titles: { t: { title: 'T' }, u: { title: 'U', visible: { jqQuery: 'false' } } },
      steps: [
        { title: 'One', order: ['a', 'u'] },
        { title: 'Two', order: ['b', 't'], visible: { jqQuery: '.form.a != ""' } },
      ],
    };
    const form = await resolved(inputs);
    expect(form.steps).toEqual([{ visible: true }, { visible: false }]);
    expect(form.titles).toEqual({ t: { visible: false }, u: { visible: false } });
    expect(form.inputs).toMatchObject({ a: { required: true }, b: { visible: false, required: false } });
  });

  it('datasets get their computed values, wherever they stand', async () => {
    const rule = { property: 'tier', operator: '=', value: { jqQuery: '.form.tier' } };
    const dataset = { combinator: 'and', rules: [{ combinator: 'or', rules: [rule] }] };
    const inputs = { properties: { tier: text, what: { ...text, format: 'entity', blueprint: 'service', dataset } } };
    expect((await resolved(inputs, { tier: '1' })).inputs['what']?.dataset).toEqual({
      combinator: 'and',
      rules: [{ combinator: 'or', rules: [{ property: 'tier', operator: '=', value: '1' }] }],
    });
  });

  it('secrets take no part, so nothing can copy them', async () => {
    const inputs = {
      properties: { key: { ...text, encryption: 'aes256-gcm' }, copy: { ...text, default: { jqQuery: '.form.key' } } },
    };
    expect((await resolved(inputs, { key: 'hunter2' })).values).toEqual({ key: 'hunter2', copy: '' });
  });
});

describe('an expression that fails', () => {
  it.each([
    ['visible', { visible: { jqQuery: '.form.a.b' } }, { visible: true }],
    ['disabled', { disabled: { jqQuery: '.form.a | error' } }, { disabled: false }],
    ['default', { default: { jqQuery: '1' } }, { visible: true }],
    ['default', { default: { jqQuery: '"ada" | tonumber' } }, { visible: true }],
    ['enum', { enum: { jqQuery: '{}' } }, { enum: [] }],
    ['enum', { enum: { jqQuery: '[[]]' } }, { enum: [] }],
    ['pattern', { pattern: { jqQuery: '7' } }, {}],
    ['minItems', { minItems: { jqQuery: '-1' } }, {}],
    ['visible', { visible: { jqQuery: 'def f: f; f' } }, { visible: true }],
  ])('at %s is told at its input and leaves the key open', async (path, parts, expected) => {
    const form = await resolved({ properties: { a: { ...text, ...parts } } }, { a: 'secret-looking text' });
    expect(form.inputs['a']).toMatchObject(expected);
    expect(form.inputs['a']?.problems.map((problem) => problem.path)).toEqual([path]);
    expect(JSON.stringify(form.inputs['a']?.problems)).not.toContain('secret-looking');
  });

  it('at required or a step is told for the form', async () => {
    const form = await resolved({
      properties: { a: text },
      required: { jqQuery: '"a"' },
      steps: [{ title: 'S', order: ['a'], visible: { jqQuery: '.form.a.b' } }],
    });
    expect(form.problems.map(({ path }) => path)).toEqual(['required', 'steps[0].visible']);
    expect(form.inputs['a']).toMatchObject({ visible: true, required: false });
  });

  it('does not take others with it', async () => {
    const form = await resolved({
      properties: {
        a: { ...text, default: { jqQuery: 'def f: f; f' } },
        b: { ...text, default: { jqQuery: '"fine"' } },
      },
    });
    expect(form.values).toEqual({ b: 'fine' });
  });
});

it('names like those of every object are plain names', async () => {
  const form = await resolved({
    properties: { constructor: { ...text, default: { jqQuery: '"c"' } }, toString: text },
  });
  expect(form.values).toEqual({ constructor: 'c' });
  expect(form.inputs['toString']?.visible).toBe(true);
});

it('one batch a round', async () => {
  const batches: (readonly string[])[] = [];
  const counting: Pick<typeof jq, 'evaluateBatch'> = {
    evaluateBatch: (programs, inputs) => {
      batches.push(programs);
      return jq.evaluateBatch(programs, inputs);
    },
  };
  const inputs = {
    properties: { a: { ...text, visible: { jqQuery: 'true' } }, b: { ...text, enum: { jqQuery: '["x"]' } } },
  };
  const scope = { given: {}, entity: null, user, withEntities: async <T>(values: T) => values, dropHidden: true };
  await resolveForm(counting, inputs as unknown as UserInputs, scope);
  expect(batches).toEqual([['true', '["x"]']]);
});
