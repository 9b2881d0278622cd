import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, isMet } from './workflow-expressions.ts';

const contexts = {
  inputs: { run_id: 'r_1', dry: false, port_payload: '{"context":{"runId":"r_2"}}' },
  secrets: { SLACK: 'https://hooks.example.com' },
  github: { repository: 'acme/portal', run_number: 7 },
  steps: { first: { outputs: { entity: '{"a":1}' } } },
};
const fine = { failed: false, cancelled: false };

describe('filling a template', () => {
  it.each([
    ['${{ inputs.run_id }}', 'r_1'],
    ['run ${{inputs.run_id}} of ${{ github.repository }}!', 'run r_1 of acme/portal!'],
    ['${{ fromJson(inputs.port_payload).context.runId }}', 'r_2'],
    ["${{ fromJSON(steps.first.outputs.entity)['a'] }}", '1'],
    ["${{ inputs.missing || 'default' }}", 'default'],
    ['${{ inputs.missing }}', ''],
    ["${{ format('{0}-{1}', github.run_number, 'it''s }} here') }}", "7-it's }} here"],
    ['${{ INPUTS.RUN_ID }}', 'r_1'],
    ['nothing here: $ {{ }} }}', 'nothing here: $ {{ }} }}'],
  ])('%s', (template, expected) => {
    expect(fillTemplate(template, contexts)).toBe(expected);
  });

  it('names what it does not know', () => {
    expect(() => fillTemplate('${{ env.X }}', contexts)).toThrow("Unrecognized named-value: 'env'");
    expect(() => fillTemplate('${{ shout(inputs.x) }}', contexts)).toThrow("Unrecognized function: 'shout'");
    expect(() => fillTemplate('${{ inputs.x', contexts)).toThrow('not closed');
  });

  it('carries any value through unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, around) => {
        fc.pre(!around.includes('${{'));
        expect(fillTemplate(`${around}\${{ inputs.x }}${around}`, { inputs: { x: value } })).toBe(
          around + value + around,
        );
      }),
    );
  });
});

describe('a condition', () => {
  const failed = { failed: true, cancelled: false };
  const cancelled = { failed: false, cancelled: true };
  it.each([
    [undefined, fine, true],
    [undefined, failed, false],
    ['always()', failed, true],
    ['failure()', failed, true],
    ['failure()', fine, false],
    ['cancelled()', cancelled, true],
    ['${{ always() }}', cancelled, true],
    ["inputs.run_id == 'r_1'", fine, true],
    ["inputs.run_id == 'r_1'", failed, false],
    ["${{ failure() && inputs.run_id == 'r_1' }}", failed, true],
    ['inputs.dry', fine, false],
    ['!inputs.dry', fine, true],
    ['${{ inputs.run_id }}-${{ inputs.missing }}', fine, true],
  ])('%s after %o is %s', (condition, soFar, expected) => {
    expect(isMet(condition, contexts, soFar)).toBe(expected);
  });
});
