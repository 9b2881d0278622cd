import { expect, test } from 'vitest';
import { changeBetween } from '#platform/events/change.ts';
import type { Document, LoggedEvent } from '#platform/events/event.ts';
import { wordsReader } from './words-reactions.ts';

const entity = {
  identifier: 'cart',
  title: 'Cart',
  team: ['web'],
  properties: { tier: 1 },
  scorecards: { Ready: 'Basic' },
};

function concerns(after: Document | null, context: Record<string, unknown> = {}, kind = 'entity.updated'): boolean {
  const changed = changeBetween(entity, after);
  const event: Partial<LoggedEvent> = { kind, status: 'SUCCESS', before: entity, after, changed, context };
  return wordsReader().concerns?.(event as LoggedEvent) ?? true;
}

test('words are cut anew only after a change of what they are cut from', () => {
  expect(concerns({ ...entity, scorecards: { Ready: 'Gold' } })).toBe(false);
  expect(concerns({ ...entity, icon: 'Cart' })).toBe(false);
  expect(concerns({ ...entity, title: 'Basket' })).toBe(true);
  expect(concerns({ ...entity, team: [] })).toBe(true);
  expect(concerns({ ...entity, properties: { tier: 2 }, scorecards: {} })).toBe(true);
  expect(concerns({ ...entity, identifier: 'basket' }, { renamedFrom: 'cart' })).toBe(true);
  expect(concerns(null, {}, 'entity.deleted')).toBe(true);
  expect(concerns(entity, {}, 'entity.created')).toBe(true);
});
