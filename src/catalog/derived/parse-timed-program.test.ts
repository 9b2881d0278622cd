import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createJqPool } from '#platform/jq/jq-pool.ts';
import { parseTimedProgram, steadyFor } from './parse-timed-program.ts';

const jq = createJqPool({ size: 1, deadlineMs: 2_000, maxOutputBytes: 1_048_576, idleMs: 1_000 });
afterAll(async () => jq.close());

test.each([
  '(.properties.until | fromdate) < now',
  'now > (.properties["the end"] | fromdate) and .properties.state == "open"',
  '((now - (.createdAt | sub("\\\\.[0-9]+Z$"; "Z") | fromdate)) / 86400) | floor',
  'if (.a | fromdate) < now then "late" elif (.b | fromdate) < now then "soon" else "fine" end',
])('an expression that only goes one way is read: %s', (program) => {
  expect(parseTimedProgram(program)).not.toBeNull();
});

test.each([
  ['its parts as texts come again', 'now | strftime("%A")'],
  ['remainders come again', '(now - 5) % 2'],
  ['a square turns back', '(now - 5) | . * .'],
  ['a quotient by the time jumps', '1 / (now - 5)'],
  ['a product of times turns back', '(now - 5) * (9 - now)'],
  ['a rounded time is one number for a while only', '(now - 5 | floor) == 3'],
  ['names may be used twice', 'now as $n | ($n > 3 and $n < 5)'],
  ['loops are not followed', '[.properties.list[] | select(. < now)] | length'],
  ['comments hide what follows', 'now > 3 # and < 5'],
  ['texts may hold expressions', '"\\(now)"'],
  ['two that are rounded count steps together', '(now - 5 | floor) > (now - 9 | floor)'],
  ['a field of that name is no time', '.properties.now'],
])('%s: it is not read', (_, program) => {
  expect(parseTimedProgram(program)).toBeNull();
});

const start = 1_800_000_000;
const instant = fc.oneof(fc.integer({ min: -7_200, max: 7_200 }), fc.integer({ min: -900_000, max: 900_000 }));
const bound = fc.constantFrom('.a', '.b', '.c');
const comparison = fc
  .tuple(bound, fc.constantFrom('<', '<=', '>', '>='), fc.boolean())
  .map(([field, sign, first]) => (first ? `(now ${sign} ${field})` : `(${field} ${sign} now)`));
const choice = fc
  .tuple(comparison, comparison)
  .map(([one, other]) => `if ${one} then "x" elif ${other} then "y" else "z" end`);
const joined = fc
  .tuple(comparison, fc.constantFrom('and', 'or'), comparison)
  .map(([one, word, other]) => `${one} ${word} ${other}`);
const rounded = fc
  .tuple(bound, fc.constantFrom(60, 3_600, 86_400), fc.constantFrom('floor', 'ceil', 'round'))
  .map(([field, unit, word]) => `((now - ${field}) / ${unit} | ${word})`);
const program = fc.oneof(comparison, choice, joined, rounded);

test('whatever stays for a while is the same at every instant of it', async () => {
  const entity = fc.record({ a: instant, b: instant, c: instant });
  const law = fc.asyncProperty(
    program,
    entity,
    fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
    async (text, offsets, at) => {
      const parsed = parseTimedProgram(text);
      expect(parsed).not.toBeNull();
      if (parsed === null) return;
      const given = { a: start + offsets.a, b: start + offsets.b, c: start + offsets.c };
      const stays = await jq.evaluate(steadyFor([parsed]), { now: start, entity: given });
      if (!stays.ok || stays.value === 0) return;
      const span = Number(stays.value);
      // Also just before and after every instant that it knows of.
      const edges = Object.values(given).flatMap((edge) => [edge - 0.001, edge, edge + 0.001]);
      const instants = [...at.map((part) => start + part * span), ...edges].filter(
        (one) => one >= start && one <= start + span,
      );
      const asked = `.now as $now | def now: $now; .entity | (${text})`;
      const values = await jq.evaluateBatch(
        [asked],
        [start, ...instants].map((now) => ({ now, entity: given })),
      );
      expect(new Set(values.map(([value]) => JSON.stringify(value)))).toHaveLength(1);
    },
  );
  await fc.assert(law, { numRuns: 150 });
});
