import { expect, it } from 'vitest';
import type { LoggedEvent } from '#platform/events/event.ts';
import { mergeChanges } from './merge-changes.ts';

const noon = Date.UTC(2026, 4, 4, 12);
const event = (blueprint: string, rest: Partial<LoggedEvent> = {}, minutesAgo = 0): LoggedEvent =>
  ({
    resource: 'entity',
    action: 'CREATE',
    status: 'SUCCESS',
    actor: { kind: 'system', orgId: 'o', id: 'importer', name: 'Importer' },
    context: { blueprint },
    at: new Date(noon - minutesAgo * 60_000),
    ...rest,
  }) as LoggedEvent;
const told = (events: readonly LoggedEvent[], isEnd = true): string =>
  mergeChanges(events, isEnd)
    .map(({ event: one, count, more }) => `${one.context['blueprint']}${count}${more ? '+' : ''}`)
    .join(' ');

it('puts many alike together, and leaves a few and those between apart', () => {
  const service = event('service');
  expect(told([service, service, service, event('host'), service, service])).toBe('service3 host1 service1 service1');
  expect(told([service, service, service], false)).toBe('service3+');
});

it('keeps apart what somebody else did, what is something else, and what was long ago', () => {
  const service = event('service');
  const other = event('service', { actor: { kind: 'system', orgId: 'o', id: 'x', name: 'X' } });
  expect(told([service, other, service, service])).toBe('service1 service1 service1 service1');
  expect(told([service, service, event('service', { action: 'UPDATE' })])).toBe('service1 service1 service1');
  expect(told([service, service, event('service', {}, 90)])).toBe('service1 service1 service1');
  const run = event('service', { resource: 'run' });
  expect(told([run, run, run])).toBe('service1 service1 service1');
});
