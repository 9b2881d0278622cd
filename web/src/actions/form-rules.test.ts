import { describe, expect, it } from 'vitest';
import type { UserInputs } from '../api/wire.ts';
import { inputSteps, orderedInputs } from './form-layout.ts';
import { defaultValues, formErrors, toProperties } from './form-rules.ts';

const inputs: UserInputs = {
  properties: {
    reason: { type: 'string', minLength: 3 },
    replicas: { type: 'number', minimum: 1, maximum: 20, default: 3 },
    site: { type: 'string', format: 'url' },
    options: { type: 'object' },
    scopes: { type: 'array', minItems: 2 },
    secret: { type: 'string', visible: false, default: 'kept' },
  },
  required: ['replicas', 'scopes'],
  order: ['replicas', 'reason'],
};

describe('the form of an action', () => {
  it('shows inputs in the given order, then the rest, and not the hidden ones', () => {
    expect(orderedInputs(inputs).map(([name]) => name)).toEqual(['replicas', 'reason', 'site', 'options', 'scopes']);
  });

  it('puts inputs that no step names into the last step', () => {
    const steps = inputSteps({
      ...inputs,
      steps: [
        { title: 'Size', order: ['replicas'] },
        { title: 'Why', order: ['reason'] },
      ],
    });
    expect(steps.map((step) => step.inputs.map(([name]) => name))).toEqual([
      ['replicas'],
      ['reason', 'site', 'options', 'scopes'],
    ]);
  });

  it('starts from the defaults, except those computed on the server', () => {
    expect(
      defaultValues({
        properties: { a: { type: 'string', default: { jqQuery: '.user.email' } }, b: { type: 'number', default: 3 } },
      }),
    ).toEqual({ b: 3 });
  });

  it.each([
    [{}, { replicas: 'required', scopes: 'required' }],
    [{ replicas: 0, scopes: ['a', 'b'] }, { replicas: 'minimum' }],
    [{ replicas: 21, scopes: ['a', 'b'] }, { replicas: 'maximum' }],
    [{ replicas: 'many', scopes: ['a', 'b'] }, { replicas: 'number' }],
    [{ replicas: 3, scopes: ['a'] }, { scopes: 'minItems' }],
    [{ replicas: 3, scopes: ['a', 'b'], reason: 'x' }, { reason: 'minLength' }],
    [{ replicas: 3, scopes: ['a', 'b'], site: 'example.com' }, { site: 'url' }],
    [{ replicas: 3, scopes: ['a', 'b'], options: '{"a":' }, { options: 'json' }],
    [{ replicas: 3, scopes: ['a', 'b'], options: '{"a":1}', site: 'https://example.com' }, {}],
  ])('%j is answered with %j', (values, expected) => {
    const found = Object.fromEntries(
      Object.entries(formErrors(inputs, values)).map(([name, error]) => [name, error.key]),
    );
    expect(found).toEqual(expected);
  });

  it('takes lists of objects as JSON, typed or chosen from elsewhere', () => {
    const ports = { type: 'array', items: { type: 'object' }, minItems: 1 } as const;
    const form: UserInputs = { properties: { ports } };
    const errorOf = (value: unknown): unknown => formErrors(form, { ports: value })['ports']?.key;
    expect(['[{', '{"a":1}', '[]', '[{"a":1}]', [{ a: 1 }]].map(errorOf)).toEqual([
      'json',
      'json',
      'minItems',
      undefined,
      undefined,
    ]);
    expect(toProperties(form, { ports: '[{"a":1}]' })).toEqual({ ports: [{ a: 1 }] });
    expect(toProperties(form, { ports: [{ a: 1 }] })).toEqual({ ports: [{ a: 1 }] });
  });

  it('leaves patterns it cannot read to the server', () => {
    expect(formErrors({ properties: { a: { type: 'string', pattern: '(' } } }, { a: 'x' })).toEqual({});
  });

  it('sends no blanks, parses objects, and keeps hidden defaults', () => {
    expect(toProperties(inputs, { replicas: 3, reason: '', scopes: [], options: '{"a":1}', secret: 'kept' })).toEqual({
      replicas: 3,
      options: { a: 1 },
      secret: 'kept',
    });
  });
});
