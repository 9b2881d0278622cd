import fc from 'fast-check';
import { expect, it } from 'vitest';
import { historyWindow, pageOfHistory } from './slack-history.ts';

const stamps = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1_700_000_000, max: 1_700_000_009 }), fc.integer({ min: 0, max: 999_999 })), {
    selector: (stamp) => stamp.join('.'),
    maxLength: 30,
  })
  .map((list) =>
    list
      .toSorted(([a, b], [c, d]) => c - a || d - b)
      .map(([seconds, rest]) => `${seconds}.${String(rest).padStart(6, '0')}`),
  );

it('gives every message exactly once, in order, whatever the page size', () => {
  fc.assert(
    fc.property(stamps, fc.integer({ min: 1, max: 7 }), (all, limit) => {
      const seen: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = pageOfHistory(
          all.map((ts) => ({ ts })),
          historyWindow({ limit, cursor }),
        );
        expect(page.hasMore).toBe(page.nextCursor !== '');
        seen.push(...page.messages.map(({ ts }) => ts));
        cursor = page.nextCursor;
      } while (cursor !== '');
      expect(seen).toEqual(all);
    }),
  );
});

it('splits the history at any message into what is older, itself, and what is newer', () => {
  fc.assert(
    fc.property(
      stamps.filter((all) => all.length > 0),
      fc.nat(),
      (all, pick) => {
        const at = all[pick % all.length] ?? '';
        const between = (fields: Record<string, unknown>): unknown[] =>
          pageOfHistory(
            all.map((ts) => ({ ts })),
            historyWindow(fields),
          ).messages.map(({ ts }) => ts);
        expect([...between({ oldest: at }), at, ...between({ latest: at })]).toEqual(all);
        expect(between({ oldest: at, latest: at, inclusive: 'true' })).toEqual([at]);
      },
    ),
  );
});
