import { describe, expect, it } from 'vitest';
import { inputCount, inputDifferences } from './workflow-inputs-check.tsx';

const declared = [
  { name: 'run_id', needed: true },
  { name: 'size', needed: false },
];

describe('inputs sent to a workflow', () => {
  it.each([
    [{ run_id: '1' }, [], []],
    [{ run_id: '1', ref: 'main' }, [], []],
    [{ runId: '1' }, ['runId'], ['run_id']],
    [{}, [], ['run_id']],
    [{ '{{ spreadValue() }}': '{{ .inputs }}' }, [], []],
    [{ '{{ spreadValue() }}': '{{ .inputs }}', other: '1' }, ['other'], []],
  ])('%j: not known %j, missing %j', (sent, unknown, missing) => {
    expect(inputDifferences(sent, declared)).toEqual({ unknown, missing });
  });

  it('are counted without the branch and without keys that are templates', () => {
    expect(inputCount({ ref: 'main', a: '1', b: '2', '{{ spreadValue() }}': '{{ .inputs }}' })).toBe(2);
  });
});
