import { describe, expect, it } from 'vitest';
import { asFilter, isFiltered } from './execution-filter.ts';

const now = Date.parse('2026-05-04T10:00:30.500Z');

describe('the address of an execution list', () => {
  it('asks for everything where it says nothing', () => {
    expect(asFilter({}, now)).toEqual({});
    expect(isFiltered({ show: 'all', by: '' })).toBe(false);
  });

  it('asks for states, triggers, people and times', () => {
    const shown = { show: 'awaiting', trigger: 'cron', by: ' lead ', since: 'day' };
    expect(isFiltered(shown)).toBe(true);
    expect(asFilter(shown, now)).toEqual({
      awaiting: true,
      trigger: 'cron',
      by: 'lead',
      from: '2026-05-03T10:00:00.000Z',
    });
  });

  it('is not led astray by words it does not know', () => {
    expect(asFilter({ show: 'constructor-like', since: 'ever' }, now)).toEqual({});
  });
});
