import { describe, expect, it } from 'vitest';
import { dispatchInputs } from './workflow-inputs-rules.ts';

describe('the inputs of a workflow', () => {
  it('are those of workflow_dispatch, with what has to be given', () => {
    const text = `
on:
  push: {}
  workflow_dispatch:
    inputs:
      run_id: { required: true, type: string }
      size: { required: true, default: small }
      note:
`;
    expect(dispatchInputs(text)).toEqual([
      { name: 'run_id', needed: true },
      { name: 'size', needed: false },
      { name: 'note', needed: false },
    ]);
  });

  it.each(['on: workflow_dispatch', 'on: [push, workflow_dispatch]', 'on:\n  workflow_dispatch:'])(
    'may be none: %j',
    (text) => {
      expect(dispatchInputs(text)).toEqual([]);
    },
  );

  it.each(['on: push', 'on:\n  push:', '', '- a', 'a: [', 'on: &a [*a]', '"text"'])(
    'are not there where nothing can be started: %j',
    (text) => {
      expect(dispatchInputs(text)).toBeNull();
    },
  );
});
