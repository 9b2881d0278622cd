import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildLegacyWorkflowDispatch, buildWorkflowDispatch } from './build-workflow-dispatch.ts';
import { mostWorkflowInputs } from './contract.ts';

const place = { org: 'acme', repo: 'payments', workflow: 'deploy.yml' };

describe('buildWorkflowDispatch', () => {
  test('every value becomes text, and the key ref is the branch', () => {
    const dispatch = buildWorkflowDispatch({
      ...place,
      workflowInputs: {
        ref: 'release/1',
        run_id: 'r_1',
        replicas: 3,
        dry: false,
        config: { a: [1, 'x'], b: null },
        list: ['a', 'b'],
        empty: '',
        missing: null,
      },
    });
    expect(dispatch).toEqual({
      ...place,
      ref: 'release/1',
      inputs: {
        run_id: 'r_1',
        replicas: '3',
        dry: 'false',
        config: '{"a":[1,"x"],"b":null}',
        list: '["a","b"]',
        empty: '',
      },
    });
  });

  test.each([undefined, null, ''])('without a branch (%j) it runs on main', (ref) => {
    expect(buildWorkflowDispatch({ ...place, workflowInputs: { ref } }).ref).toBe('main');
  });

  test('without inputs nothing is sent', () => {
    expect(buildWorkflowDispatch(place)).toEqual({ ...place, ref: 'main', inputs: {} });
    expect(buildWorkflowDispatch({ ...place, workflowInputs: null }).inputs).toEqual({});
  });

  test('a reference to an entity becomes its identifier; a whole entity stays JSON', () => {
    const reference = { identifier: 'checkout', title: 'Checkout' };
    const whole = { ...reference, properties: { tier: '1' } };
    const { inputs } = buildWorkflowDispatch({ ...place, workflowInputs: { reference, whole, many: [reference] } });
    expect(inputs).toEqual({ reference: 'checkout', whole: JSON.stringify(whole), many: JSON.stringify([reference]) });
  });

  test('the path of the workflow file is taken for its name', () => {
    expect(buildWorkflowDispatch({ ...place, workflow: '.github/workflows/deploy.yml' }).workflow).toBe('deploy.yml');
    expect(buildWorkflowDispatch({ ...place, workflow: 12345 }).workflow).toBe('12345');
  });

  test.each([
    [{ org: null }, 'org'],
    [{ org: '' }, 'org'],
    [{ repo: 'acme/payments' }, 'repo'],
    [{ repo: '..' }, 'repo'],
    [{ workflow: 'a/../b.yml' }, 'workflow'],
    [{ workflow: { file: 'x' } }, 'workflow'],
    [{ org: 'acme?x=1' }, 'org'],
  ])('%j is refused by name', (wrong, key) => {
    expect(() => buildWorkflowDispatch({ ...place, ...wrong })).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'invalid_evaluated_invocation_method',
        details: { field: `invocationMethod.${key}` },
      }),
    );
  });

  test.each([{ workflowInputs: 'text' }, { workflowInputs: [1] }, { workflowInputs: { ref: { name: 'main' } } }])(
    '%j is refused',
    (wrong) => {
      expect(() => buildWorkflowDispatch({ ...place, ...wrong })).toThrow(
        expect.objectContaining({ code: 'invalid_evaluated_invocation_method' }),
      );
    },
  );

  test('as many inputs as GitHub takes, not counting the branch, and no more', () => {
    const inputs = (count: number): Record<string, string> =>
      Object.fromEntries([
        ['ref', 'main'],
        ...Array.from({ length: count }, (_, index) => [`input_${index}`, 'x'] as const),
      ]);
    expect(Object.keys(buildWorkflowDispatch({ ...place, workflowInputs: inputs(25) }).inputs)).toHaveLength(25);
    expect(() => buildWorkflowDispatch({ ...place, workflowInputs: inputs(26) })).toThrow(
      expect.objectContaining({
        code: 'invalid_evaluated_invocation_method',
        message: expect.stringContaining('26 inputs'),
        details: { field: 'invocationMethod.workflowInputs', count: 26, limit: 25 },
      }),
    );
  });

  test('inputs too large for GitHub name the largest, without its content', () => {
    const workflowInputs = { small: 'x', big: 'hush'.repeat(20_000) };
    expect(() => buildWorkflowDispatch({ ...place, workflowInputs })).toThrow(
      expect.objectContaining({
        code: 'invalid_evaluated_invocation_method',
        message: expect.stringMatching(/"big"(?!.*hush)/),
      }),
    );
  });

  test('whatever is accepted is text within the limits', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 30 }),
        (workflowInputs) => {
          let inputs: Readonly<Record<string, string>>;
          try {
            ({ inputs } = buildWorkflowDispatch({ ...place, workflowInputs }));
          } catch (error) {
            expect(error).toMatchObject({ kind: 'invalid' });
            return;
          }
          expect(Object.keys(inputs).length).toBeLessThanOrEqual(mostWorkflowInputs);
          expect(Object.values(inputs).every((value) => typeof value === 'string')).toBe(true);
          expect(Object.hasOwn(inputs, 'ref')).toBe(false);
        },
      ),
    );
  });
});

describe('buildLegacyWorkflowDispatch', () => {
  const payload = { action: 'scale', context: { runId: 'r_1', entity: null, blueprint: 'service' } };
  const userInputs = { env: 'prod', replicas: 2, domain: 'payments' };

  test('sends every user input and the whole body as port_payload', () => {
    const dispatch = buildLegacyWorkflowDispatch({ method: place, userInputs, payload });
    expect(dispatch).toEqual({
      ...place,
      ref: undefined,
      inputs: { env: 'prod', replicas: '2', domain: 'payments', port_payload: JSON.stringify(payload) },
    });
    expect(JSON.parse(dispatch.inputs['port_payload'] ?? '').context.runId).toBe('r_1');
  });

  test('either part can be left out', () => {
    const inputsOf = (method: object): object =>
      buildLegacyWorkflowDispatch({ method: { ...place, ...method }, userInputs, payload }).inputs;
    expect(Object.keys(inputsOf({ omitPayload: true }))).toEqual(['env', 'replicas', 'domain']);
    expect(Object.keys(inputsOf({ omitUserInputs: true }))).toEqual(['port_payload']);
    expect(inputsOf({ omitPayload: true, omitUserInputs: true })).toEqual({});
  });

  test('the branch of the method counts before a user input called ref', () => {
    const refOf = (method: object, inputs: object) =>
      buildLegacyWorkflowDispatch({ method: { ...place, ...method }, userInputs: { ...inputs }, payload }).ref;
    expect(refOf({ branch: 'develop' }, { ref: 'main' })).toBe('develop');
    expect(refOf({}, { ref: 'main' })).toBe('main');
    expect(refOf({ branch: '' }, {})).toBeUndefined();
  });
});
