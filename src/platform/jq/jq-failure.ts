import type { JqFailure } from './jq-result.ts';

const TYPE = '(null|boolean|number|string|array|object)';

// jq quotes values inside its messages; these shapes keep the types and the verb, and let go of the values.
const SHAPES: readonly (readonly [RegExp, (types: readonly string[]) => string])[] = [
  [
    new RegExp(`^Cannot index ${TYPE} with ${TYPE}`),
    ([of, by]) => `a value of type ${of} cannot be indexed by a ${by}`,
  ],
  [new RegExp(`^Cannot iterate over ${TYPE}`), ([of]) => `a value of type ${of} cannot be iterated over`],
  [
    new RegExp(`^${TYPE} \\(.*\\) and ${TYPE} \\(.*\\) cannot be (added|subtracted|multiplied|divided)`, 's'),
    ([a, b, verb]) => `${a} and ${b} cannot be ${verb}`,
  ],
  [
    new RegExp(`^${TYPE} \\(.*\\) cannot be parsed as a number`, 's'),
    ([of]) => `a value of type ${of} cannot be parsed as a number`,
  ],
  [new RegExp(`^${TYPE} \\(.*\\) (has no keys|has no length)$`, 's'), ([of, what]) => `a value of type ${of} ${what}`],
  [
    new RegExp(`^${TYPE} \\(.*\\) cannot be matched, as it is not a string$`, 's'),
    ([of]) => `a value of type ${of} cannot be matched, as it is not a string`,
  ],
];

/** The failure in words that carry no value of the input, so that a secret in the input cannot leak through an error. */
export function describeJqFailure(failure: JqFailure): string {
  if (failure.reason !== 'runtime') return failure.message;
  for (const [shape, say] of SHAPES) {
    const found = shape.exec(failure.message);
    if (found) return say(found.slice(1));
  }
  return 'it fails while running';
}
