import { describe, expect, it } from 'vitest';
import type { UserInputs } from '../api/wire.ts';
import { inputSteps, orderedInputs } from './form-layout.ts';
import { formErrors } from './form-rules.ts';
import { effectiveInputs, isLive, type LiveForm, openValues, shownValues, withoutSecrets } from './live-form.ts';

const inputs = {
  properties: {
    env: { type: 'string', enum: { jqQuery: '["dev"]' } },
    reason: { type: 'string', visible: { jqQuery: 'false' } },
    size: { type: 'number', default: { jqQuery: '3' } },
    tags: { type: 'array', items: { type: 'string', enum: { jqQuery: '["a"]' } } },
    key: { type: 'string', encryption: 'aes256-gcm' },
    doc: { type: 'object' },
    ports: { type: 'array', items: { type: 'object' } },
  },
  required: { jqQuery: '["env"]' },
  steps: [
    { title: 'One', order: ['env'] },
    { title: 'Two', order: ['reason'], visible: { jqQuery: 'true' } },
  ],
} as unknown as UserInputs;

const plain = { visible: true, required: false, disabled: false, problems: [] };
const live: LiveForm = {
  inputs: {
    env: { ...plain, required: true, enum: ['dev', 'prod'] },
    reason: { ...plain, visible: false },
    size: { ...plain, default: 3 },
    tags: { ...plain, enum: ['a'] },
    key: plain,
    doc: plain,
    ports: plain,
  },
  titles: {},
  steps: [{ visible: true }, { visible: true }],
  problems: [],
};

describe('a live form', () => {
  it('before the first answer leaves out what is computed', () => {
    const form = effectiveInputs(inputs, undefined);
    expect(orderedInputs(form).map(([key]) => key)).toEqual(['env', 'size', 'tags', 'key', 'doc', 'ports']);
    expect(form.required).toEqual([]);
    expect(form.properties?.['env']?.enum).toBeUndefined();
    expect(inputSteps(form).map((step) => step.title)).toEqual(['One']);
    expect(shownValues(form, {})).toEqual({});
  });

  it('then is as the server has it', () => {
    const form = effectiveInputs(inputs, live);
    expect(form.properties).toMatchObject({
      env: { enum: ['dev', 'prod'] },
      reason: { visible: false },
      tags: { items: { enum: ['a'] } },
    });
    expect(formErrors(form, {})).toEqual({ env: { key: 'required' } });
    expect(inputSteps(form).map((step) => step.title)).toEqual(['One', 'Two']);
    expect(shownValues(form, { env: 'dev' })).toEqual({ env: 'dev', size: 3 });
    expect(shownValues(form, { size: undefined })).toEqual({ size: undefined });
  });

  it('takes a switch that has to be answered for off until somebody says otherwise', () => {
    const flags = {
      properties: { must: { type: 'boolean' }, may: { type: 'boolean' }, on: { type: 'boolean', default: true } },
      required: ['must', 'on'],
    } as const;
    expect(shownValues(flags, {})).toEqual({ must: false, on: true });
    expect(formErrors(flags, shownValues(flags, {}))).toEqual({});
    expect(shownValues(flags, { must: true, on: false })).toEqual({ must: true, on: false });
  });

  it('asks the server without secrets, and without half of an object', () => {
    expect(openValues(inputs, { env: 'dev', key: 'hunter2', doc: '{"a":', size: undefined })).toEqual({
      env: 'dev',
      doc: null,
      size: null,
    });
    expect(openValues(inputs, { doc: '{"a":1}', ports: '[{}]' })).toEqual({ doc: { a: 1 }, ports: [{}] });
    expect(withoutSecrets(inputs, { env: 'dev', key: 'hunter2', size: undefined })).toEqual({ env: 'dev' });
  });

  it('knows whether there is anything to ask', () => {
    expect(isLive(inputs)).toBe(true);
    expect(isLive({ properties: { a: { type: 'string' } } })).toBe(false);
    expect(isLive(undefined)).toBe(false);
  });
});
