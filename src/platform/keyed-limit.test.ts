import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyedLimit } from './keyed-limit.ts';

test('under each key, work begins in order and never more at once than there are places', async () => {
  const works = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), turns: fc.nat(4), fails: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), works, async (places, asked) => {
      const limit = createKeyedLimit(places);
      const running = new Map<string, number>();
      const begun: number[] = [];
      const outcomes = await Promise.allSettled(
        asked.map(async ({ key, turns, fails }, index) =>
          limit(key, async () => {
            begun.push(index);
            running.set(key, (running.get(key) ?? 0) + 1);
            expect(running.get(key)).toBeLessThanOrEqual(places);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            running.set(key, (running.get(key) ?? 0) - 1);
            if (fails) throw new Error('failed');
            return index;
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(
        asked.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
      );
      for (const key of ['a', 'b']) {
        const own = begun.filter((index) => asked[index]?.key === key);
        expect(own).toEqual(own.toSorted((left, right) => left - right));
      }
    }),
  );
});
