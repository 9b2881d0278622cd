import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, theirChanges, withTheirs } from './changes.ts';
import { identifierFrom } from './identifier.ts';
import { isPlain, sameJson, valueAt, withValue } from './paths.ts';
import { errorAt, placedErrors, tabOf } from './placed-errors.ts';
import { RequestProblem } from '../../api/problem.ts';
import { templatePrefix, templateWords } from './template-words.ts';

const key = fc.constantFrom('title', 'trigger', 'x', 'y', 'toString');
const document = fc
  .dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true })), {
    noNullPrototype: true,
  })
  .map((one) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>);
const path = fc.array(key, { minLength: 1, maxLength: 3 });
const value = fc.jsonValue().map((one) => JSON.parse(JSON.stringify(one)) as unknown);

describe('a change of one value', () => {
  it('is found where it was put, and nowhere else', () => {
    fc.assert(
      fc.property(document, path, value, (before, where, next) => {
        const after = withValue(before, where, next);
        expect(valueAt(after, where)).toEqual(next);
        for (const other of Object.keys(before)) if (other !== where[0]) expect(after[other]).toBe(before[other]);
      }),
    );
  });

  it('taken back leaves no trace', () => {
    fc.assert(
      fc.property(document, path, value, (before, where, next) => {
        fc.pre(valueAt(before, where) === undefined && valueAt(before, where.slice(0, -1)) !== undefined);
        fc.pre(isPlain(valueAt(before, where.slice(0, -1))));
        expect(withValue(withValue(before, where, next), where, undefined)).toEqual(before);
      }),
    );
  });

  it('of nothing changes nothing', () => {
    expect(withValue({ a: { b: 1 } }, ['a', 'c', 'd'], undefined)).toEqual({ a: { b: 1 } });
    expect(withValue({ a: [1, 2, 3] }, ['a', 1], undefined)).toEqual({ a: [1, 3] });
  });
});

describe('two who edit one definition', () => {
  it('differ in nothing, or in what is listed', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const rebuilt = withTheirs(before, changesBetween(before, after));
        expect(sameJson(rebuilt, after)).toBe(true);
      }),
    );
  });

  it('keep both their changes where these do not touch', () => {
    const base = { title: 'A', trigger: { operation: 'CREATE', blueprintIdentifier: 'service' } };
    const mine = { ...base, title: 'B' };
    const theirs = { ...base, trigger: { operation: 'CREATE', blueprintIdentifier: 'microservice' } };
    const changes = theirChanges(base, mine, theirs);
    expect(changes).toEqual([
      { path: ['trigger', 'blueprintIdentifier'], before: 'service', after: 'microservice', contested: false },
    ]);
    expect(withTheirs(mine, changes)).toEqual({ ...theirs, title: 'B' });
  });

  it('are asked where they changed the same', () => {
    expect(theirChanges({ title: 'A' }, { title: 'B' }, { title: 'C' })).toEqual([
      { path: ['title'], before: 'A', after: 'C', contested: true },
    ]);
    expect(theirChanges({ title: 'A' }, { title: 'B' }, { title: 'B' })).toEqual([]);
  });
});

describe('an identifier from a title', () => {
  it.each([
    ['Send scorecard reminder', 'send_scorecard_reminder'],
    ['  Scale / up (fast!) ', 'scale_up_fast'],
    ['Größe ändern', 'große_andern'],
    ['扩容 服务', '扩容_服务'],
    ['---', ''],
  ])('%j is %j', (title, expected) => {
    expect(identifierFrom(title)).toBe(expected);
  });

  it('has no slash and fits', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (title) => {
        expect(identifierFrom(title)).toMatch(/^[^/]{0,100}$/u);
      }),
    );
  });
});

describe('what the server refused', () => {
  const refusal = (code: string, details: object): RequestProblem =>
    new RequestProblem({ status: 422, code, message: 'No.', details: details as Record<string, unknown> });

  it.each([
    [refusal('invalid_request', { field: 'invocationMethod.url' }), 'invocationMethod.url', 'backend'],
    [
      refusal('invalid_request', { errors: [{ in: 'body', path: '/trigger', message: 'no', field: 'x' }] }),
      'trigger.x',
      'basics',
    ],
    [
      refusal('user_inputs_schema_invalid', { errors: [{ path: 'schema.properties.size.default', message: 'no' }] }),
      'trigger.userInputs.properties.size.default',
      'form',
    ],
    [refusal('identifier_taken', { resource: 'action', byField: 'identifier' }), 'identifier', 'basics'],
    [refusal('not_found', { resource: 'blueprint', byField: 'identifier' }), 'trigger.blueprintIdentifier', 'basics'],
  ])('%s stands at %s', (problem, where, tab) => {
    const [error] = placedErrors(problem);
    expect(error?.path.join('.')).toBe(where);
    expect(tabOf(error?.path ?? [])).toBe(tab);
    expect(errorAt(placedErrors(problem), (error?.path ?? []).slice(0, 1), true)).toBe(error?.message);
  });

  it('without a place is told as a whole', () => {
    expect(placedErrors(refusal('missing_permissions', {}))).toEqual([]);
    expect(placedErrors(new Error('x'))).toEqual([]);
  });
});

describe('completion in templates', () => {
  it.each([
    ['"{{ .inp', 4],
    ['"{{.run.id', 3],
    ['"{{ .inputs."a-b', 4],
    ['"a {{ .x }} b {{ ', 17],
  ])('%j starts a word at %i', (before, from) => {
    expect(templatePrefix(before)?.from).toBe(from);
  });

  it.each(['"plain', '"{{ .x }} ', '{ "a": '])('%j is outside of a template', (before) => {
    expect(templatePrefix(before)).toBeUndefined();
  });

  it('knows the inputs by keys that need quotes, too', () => {
    const words = templateWords(
      { name: { title: 'Name' }, 'a-b': {}, service: { type: 'string', format: 'entity' } },
      undefined,
    );
    expect(words.map((word) => word.text)).toEqual(
      expect.arrayContaining(['.inputs.name', '.inputs."a-b"', '.inputs.service.identifier', '.run.id']),
    );
  });
});
