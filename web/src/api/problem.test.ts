import { expect, it } from 'vitest';
import { fieldErrors, RequestProblem } from './problem.ts';

it('finds the field that a refusal names', () => {
  const refusal = (details: Record<string, unknown>) =>
    new RequestProblem({ status: 422, code: 'x', message: 'no', details });
  expect(fieldErrors(refusal({ errors: [{ path: '/properties/region', message: 'Too short.' }] }))).toEqual({
    region: 'Too short.',
  });
  expect(fieldErrors(refusal({ fields: { email: 'Taken.' } }))).toEqual({ email: 'Taken.' });
  expect(fieldErrors(new Error('no'))).toEqual({});
});
