import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { createJqPool, type JqPool } from './jq-pool.ts';

const pool = createJqPool({ size: 2, deadlineMs: 400, maxOutputBytes: 100_000 });
const hasty = createJqPool({ size: 2, deadlineMs: 100, maxOutputBytes: 100_000 });
afterAll(() => Promise.all([pool.close(), hasty.close()]));

async function outcome(program: string, input: unknown = {}, jq: JqPool = pool): Promise<unknown> {
  const result = await jq.evaluate(program, input);
  return result.ok ? result.value : result.reason;
}

describe('evaluating one expression', () => {
  const input = { a: 1, s: 'x', list: [1, 2, 3], 'a-b': true, inputs: { cpu: 2 }, action: { identifier: 'vm_create' } };

  it.each<[string, unknown]>([
    ['.a + 1', 2],
    ['.list[]', 1],
    ['empty', undefined],
    ['.nothing', null],
    ['.list | map(. * 2)', [2, 4, 6]],
    ["'https://x/' + .s", 'https://x/x'],
    [".'a-b'", true],
    ['.inputs."cpu"', 2],
    ['.action.identifier[("vm_" | length):]', 'create'],
    ['if (.inputs | has("cpu")) then "cpu" else null end', 'cpu'],
    ['(if .entity == {} then null else .entity end)', null],
    ['"banana" | gsub("a"; "o")', 'bonono'],
    ['"{\\"x\\":1}" | fromjson | .x', 1],
    ['1425599507 | todate', '2015-03-05T23:51:47Z'],
    ['now | type', 'number'],
    ['.a # the rest is a comment', 1],
    ['.a # continued \\', 1],
    ['[.list[] | select(. > 1)] | length', 2],
    ['null | ltrimstr("x")', null],
    ['5 | rtrimstr("x")', 5],
    ['"refs/heads/main" | ltrimstr("refs/heads/")', 'main'],
    ['"abc" | rtrimstr("")', 'abc'],
    ['[1, [2]] | map(toarray)', [[1], [2]]],
    ['error(null)', 'runtime'],
    ['.a.b', 'runtime'],
    ['.s + 1', 'runtime'],
    ['.a +', 'compile'],
    ['nope', 'compile'],
    ['', 'compile'],
    ['# only a comment', 'compile'],
    ['def f: 1;', 'compile'],
    ['1\0 | error', 'compile'],
    ['1'.repeat(40_000), 'compile'],
    ['reduce range(300) as $i (1; [.])', 'too-large'],
    ['"x" * 200000', 'too-large'],
    // Without a jq that has these quirks one would see two outputs, or a broken row.
    ['. as [$a] ?// $a | $a | type', 'object'],
    ['error({__jq: 0})', undefined],
  ])('%s', async (program, expected) => {
    expect(await outcome(program, input)).toEqual(expected);
  });

  it('says what jq says', async () => {
    expect(await pool.evaluate('.s + 1', input)).toMatchObject({
      message: 'string ("x") and number (1) cannot be added',
    });
    expect(await pool.evaluate('.a\n+ nope', input)).toMatchObject({
      message: 'nope/0 is not defined (line 2, column 3)',
    });
  });

  it('reads half surrogate pairs as replacement characters and keeps literal backslashes', async () => {
    expect(await outcome('.x + "!"', { x: 'a\ud800b' })).toBe('a\ufffdb!');
    expect(await outcome('.x + "!"', { x: 'a\\ud800b' })).toBe('a\\ud800b!');
  });

  it('refuses an input that is no JSON or too large', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(await outcome('.a + 1', cycle)).toBe('runtime');
    expect(await outcome('.a + 1', { a: 1n })).toBe('runtime');
    expect(await outcome('.s | length', { s: 'x'.repeat(5_000_000) })).toBe('too-large');
    expect(await outcome('.a | length', undefined)).toBe(0);
  });

  it('a key named __proto__ is a key like any other', async () => {
    const result = await outcome('. + {__proto__: {polluted: true}}', {});
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
  });

  it('takes another deadline', async () => {
    const started = performance.now();
    expect(await pool.evaluate('def f: f; f', {}, { deadlineMs: 20 })).toMatchObject({
      reason: 'timeout',
      message: 'the expression took longer than 20 ms',
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('checking an expression', () => {
  it.each(['.a', '.a | map(. + 1)', "'x' + .y", '.a # comment'])('%s compiles', async (program) => {
    expect(await pool.check(program)).toEqual({ ok: true });
  });

  it.each([
    '.a |',
    '.a) | (.b',
    '1)],[(1',
    '"open',
    '"\\(1',
    '}',
    'module {}; 1',
    'include "x"; 1',
    'import "x" as x; 1',
    '$__prog_args',
  ])('%s does not', async (program) => {
    expect(await pool.check(program)).toMatchObject({ ok: false });
  });

  it('runs nothing', async () => {
    expect(await pool.check('def f: f; f')).toEqual({ ok: true });
  });
});

describe('many expressions over many inputs', () => {
  it('answers by input and then by program, in the order given', async () => {
    const results = await pool.evaluateBatch(['.n + 1', '.n', 'empty', '.n +', '.n.x', '.n'], [{ n: 1 }, { n: 'a' }]);
    const summary = results.map((row) => row.map((result) => (result.ok ? result.value : result.reason)));
    expect(summary).toEqual([
      [2, 1, undefined, 'compile', 'runtime', 1],
      ['runtime', 'a', undefined, 'compile', 'runtime', 'a'],
    ]);
  });

  it('answers nothing with nothing', async () => {
    expect(await pool.evaluateBatch([], [1, 2])).toEqual([[], []]);
    expect(await pool.evaluateBatch(['. + 1'], [])).toEqual([]);
  });

  it('one program cannot alter, shift or read what another answers', { timeout: 60_000 }, async () => {
    const hostile = [
      '.n) | (.n',
      '.n | input',
      '[inputs]',
      '.n, 1, 2, 3',
      'empty',
      'halt',
      '.n # ] } )',
      '.n # \\',
      '.n # \\\r',
      'def first(f): "stolen"; def map(f): "stolen"; .n',
      '"x" | halt_error',
      '"secret" | debug | stderr | length',
      'error({e: 1})',
      'label $out | break $out',
      'input_filename',
      'reduce range(9000) as $i (1; [.])',
      'def f: f; f',
    ];
    const programs = hostile.flatMap((program) => [program, '.n * 10']);
    const inputs = [{ n: 1 }, { n: 2 }, { n: 3 }];
    const results = await hasty.evaluateBatch(programs, inputs);
    for (const [row, result] of results.entries()) {
      expect(result).toHaveLength(programs.length);
      for (let column = 1; column < programs.length; column += 2) {
        expect(result[column], programs[column - 1]).toEqual({ ok: true, value: (row + 1) * 10 });
      }
    }
    const answers = results[1]?.filter((_, column) => column % 2 === 0).map((one) => (one.ok ? one.value : one.reason));
    expect(answers).toEqual([
      'compile',
      'runtime',
      [],
      2,
      undefined,
      'runtime',
      2,
      2,
      2,
      2,
      'runtime',
      6,
      'runtime',
      undefined,
      null,
      'aborted',
      'timeout',
    ]);
  });

  it(
    'one input that never ends spoils no other, and a program that never ends is given up',
    { timeout: 60_000 },
    async () => {
      const inputs = Array.from({ length: 100 }, (_, n) => ({ n }));
      const results = await hasty.evaluateBatch(['if .n == 77 then def f: f; f else .n + 1 end', '.n - 1'], inputs);
      const wrong = results.flatMap(([first, second], n) => {
        const right = first?.ok === true && first.value === n + 1 && second?.ok === true && second.value === n - 1;
        return right ? [] : [{ n, first }];
      });
      expect(wrong).toMatchObject([{ n: 77, first: { ok: false, reason: 'timeout' } }]);
      const endless = await hasty.evaluateBatch(['def f: f; f', '.n + 0'], inputs);
      expect(endless.every(([first, second]) => first?.ok === false && second?.ok === true)).toBe(true);
    },
  );

  it('a request of endless expressions is given up as a whole', { timeout: 60_000 }, async () => {
    // Long enough that each compiles on a busy machine: what does not compile in time was never evaluated.
    const jq = createJqPool({ size: 2, deadlineMs: 300, maxOutputBytes: 1000 });
    const programs = Array.from({ length: 100 }, (_, n) => `def f: f; ${n} | f`);
    const [row] = await jq.evaluateBatch(programs, [{}]);
    expect(row?.map((result) => !result.ok && result.reason)).toEqual(programs.map(() => 'timeout'));
    expect(row?.filter((result) => !result.ok && result.message.startsWith('it was given up')).length).toBeGreaterThan(
      50,
    );
    await jq.close();
  });

  it('equals evaluating one at a time, whatever the programs', async () => {
    const programs = fc.constantFrom(
      '.a',
      '.a + 1',
      '.b | keys',
      'empty',
      '.[]',
      '[.[]]',
      'error',
      'error("x")',
      '.a |',
      '. as {a: $x} ?// [$x] | $x',
      'try error("x") catch .',
      '.a # x',
      '[paths]',
      '.b?',
      '"\\(.a)"',
      '. == {}',
      '$ENV',
      'env',
      'limit(2; .[])',
      'tojson',
    );
    const inputs = fc.oneof(fc.jsonValue(), fc.record({ a: fc.jsonValue(), b: fc.jsonValue() }));
    await fc.assert(
      fc.asyncProperty(fc.array(programs, { maxLength: 6 }), fc.array(inputs, { maxLength: 4 }), async (some, over) => {
        const together = await pool.evaluateBatch(some, over);
        const apart = await Promise.all(
          over.map((input) => Promise.all(some.map((program) => pool.evaluate(program, input)))),
        );
        expect(together).toEqual(apart);
      }),
      { numRuns: 30 },
    );
  });
});

describe('hostile expressions', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['def f: f; f', ['timeout']],
    ['last(repeat(1))', ['timeout']],
    ['[range(1e9)]', ['timeout', 'aborted']],
    ['"a" * 1e9', ['aborted']],
    ['repeat(.)', [{}]],
    ['[repeat(.)]', ['timeout', 'aborted']],
    ['def f: 1 + f; f', ['timeout', 'aborted']],
    ['def f: [f]; f', ['timeout', 'aborted']],
    ['[recurse([.])] | length', ['timeout', 'aborted']],
    ['reduce range(9000) as $i (1; [.])', ['aborted', 'too-large']],
    ['reduce range(40) as $i (1; [., .])', ['timeout', 'too-large', 'aborted']],
    ['.[99999999] = 1', ['aborted', 'runtime']],
    ['("a" * 40 + "b") | test("^(a+)+$")', ['timeout', 'runtime', false]],
    ['('.repeat(12_000) + '1' + ')'.repeat(12_000), ['compile']],
    ['env', [{}]],
    ['$ENV', [{}]],
    ['$ENV.PATH', [null]],
    ['env.HOME', [null]],
    ['input', ['runtime']],
    ['[inputs]', [[]]],
    ['input_filename', [null]],
    ['include "/etc/passwd"; 1', ['compile']],
    ['import "/dev/stdin" as $x; $x', ['compile']],
    ['"x" | modulemeta', ['runtime']],
    ['get_search_list', [[]]],
    ['halt', ['runtime']],
    ['1 | halt_error(3)', ['runtime']],
    ['["$(reboot)", "a\'b"] | @sh', ["'$(reboot)' 'a'\\''b'"]],
  ];

  it.each(cases)('%s', async (program, allowed) => {
    const started = performance.now();
    expect(allowed).toContainEqual(await outcome(program, {}, hasty));
    // The deadline counts processor time, of which a busy machine gives less.
    expect(performance.now() - started).toBeLessThan(8 * 100 + 3000);
    expect(await outcome('. + 1', 41, hasty)).toBe(42);
  });

  it('leave the main thread free', async () => {
    await outcome('. + 1', 1);
    const before = performance.eventLoopUtilization();
    const started = performance.now();
    expect(await outcome('def f: f; f')).toBe('timeout');
    const { active } = performance.eventLoopUtilization(before);
    expect(active).toBeLessThan((performance.now() - started) / 2);
  });

  it('say so in the log without quoting anything', async () => {
    const lines: unknown[] = [];
    const jq = createJqPool({
      size: 1,
      deadlineMs: 30,
      maxOutputBytes: 1000,
      log: { warn: (...line: unknown[]) => void lines.push(line) },
    });
    await jq.evaluate('"s3cret" | def f: f; f', { password: 's3cret' });
    await jq.close();
    expect(lines).toEqual([
      [{ reasons: ['timeout'], deadlineMs: 30, programs: 1, inputs: 1 }, 'jq expressions were stopped'],
    ]);
  });
});

describe('the threads', () => {
  it('start with the first expression that needs one, and end when there is no work', async () => {
    const jq = createJqPool({ size: 2, deadlineMs: 1000, maxOutputBytes: 1000, idleMs: 30 });
    expect(await outcome('.a.b', { a: { b: 1 } }, jq)).toBe(1);
    expect(jq.stats().threads).toBe(0);
    expect(await outcome('.a + 1', { a: 1 }, jq)).toBe(2);
    expect(jq.stats().threads).toBe(1);
    await vi.waitFor(() => expect(jq.stats().threads).toBe(0), { timeout: 5000 });
    expect(await outcome('.a + 1', { a: 2 }, jq)).toBe(3);
    await jq.close();
  });

  it('refuse more than may wait, and work on', async () => {
    const jq = createJqPool({ size: 1, deadlineMs: 1000, maxOutputBytes: 1000, maxWaiting: 3 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => jq.evaluate(`. + ${n}`, 0)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ reason }) => (reason as { code?: string }).code === 'jq_overloaded')).toBe(true);
    expect(results.some((result) => result.status === 'fulfilled')).toBe(true);
    expect(await outcome('. + 1', 1, jq)).toBe(2);
    await jq.close();
  });

  it('answer each of those who ask the same at once, whatever another one brings', async () => {
    const jq = createJqPool({ size: 1, deadlineMs: 300, maxOutputBytes: 1000 });
    const program = 'if . == 3 then (def f: f; f) elif . == 4 then error("four") else . * 10 end';
    const results = await Promise.all(Array.from({ length: 6 }, async (_, n) => outcome(program, n, jq)));
    expect(results).toEqual([0, 10, 20, 'timeout', 'runtime', 50]);
    await jq.close();
  });

  it('join programs that have shown to be quick, and each has its own answer', async () => {
    const jq = createJqPool({ size: 1, deadlineMs: 300, maxOutputBytes: 1000 });
    const programs = [
      '.n + 1',
      '[.n, .n] | add',
      'if .n == 4 then (def f: f; f) else .n * 3 end',
      '.n | error',
      'empty',
    ];
    const expected = (n: number): unknown[] => [n + 1, 2 * n, n === 4 ? 'timeout' : n * 3, 'runtime', undefined];
    for (const n of [1, 2, 4, 5, 6]) {
      const answers = await Promise.all(programs.map(async (program) => outcome(program, { n }, jq)));
      expect(answers).toEqual(expected(n));
    }
    await jq.close();
  });

  it('answer many different programs over different inputs as each alone', async () => {
    const jq = createJqPool({ size: 2, deadlineMs: 1000, maxOutputBytes: 100_000 });
    const program = fc.constantFrom(
      '.a + 1',
      '.a | tojson',
      'empty',
      'error("x")',
      '.a, 2',
      'def map(f): "stolen"; .a',
      '.a # \\',
      'env',
      '. as {a: $x} ?// [$x] | $x',
      '[.a] | date',
    );
    const call = fc.tuple(program, fc.record({ a: fc.jsonValue() }));
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        const together = await Promise.all(calls.map(async ([one, input]) => jq.evaluate(one, input)));
        for (const [at, [one, input]] of calls.entries()) expect(together[at]).toEqual(await pool.evaluate(one, input));
      }),
      { numRuns: 40 },
    );
    await jq.close();
  });

  it('take one call with more expressions than may wait', async () => {
    const jq = createJqPool({ size: 1, deadlineMs: 1000, maxOutputBytes: 1000, maxWaiting: 2 });
    const programs = Array.from({ length: 20 }, (_, n) => `. + ${n}`);
    const [row] = await jq.evaluateBatch(programs, [1]);
    expect(row?.map((result) => result.ok && result.value)).toEqual(programs.map((_, n) => n + 1));
    await jq.close();
  });

  it('end what waits when the pool closes', async () => {
    const jq = createJqPool({ size: 1, deadlineMs: 5000, maxOutputBytes: 1000 });
    const waiting = [jq.evaluate('def f: f; f', 0), jq.evaluate('1 + 1', 0)];
    const settled = Promise.allSettled(waiting);
    await jq.close();
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'jq_closed' } });
    await expect(jq.evaluate('1 + 1', 0)).rejects.toMatchObject({ kind: 'unavailable', code: 'jq_closed' });
    expect(jq.stats()).toEqual({ threads: 0, waiting: 0 });
  });
});
