import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursOf, jitterOf, readTime, usualWindow, windowOf, writeHours, writeJitter } from './window-hours.ts';

const time = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const stage = { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait' };

describe('hours of a time window', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ start: time, end: time }), { maxLength: 5 }), (hours) => {
        expect(hoursOf(writeHours(hours))).toEqual(hours);
      }),
    );
  });

  it('may end with the day', () => {
    expect(hoursOf([{ startHour: 22, startMin: 0, endHour: 24, endMin: 0 }])).toEqual([
      { start: '22:00', end: '00:00' },
    ]);
  });

  it.each(['', '24:00', '9:00', '12:60', 'noon'])('are not read out of "%s"', (text) => {
    expect(readTime(text)).toBeNull();
  });

  it('may begin some seconds later, as they were written', () => {
    const jitter = { minDelay: 5, maxDelay: 60, skipManual: true };
    expect(jitterOf({ jitter: writeJitter(jitter) })).toEqual(jitter);
    expect(jitterOf({ jitter: { enabled: true, maxDelay: '30' } })).toEqual({
      minDelay: 0,
      maxDelay: 30,
      skipManual: false,
    });
    expect(jitterOf({ jitter: { ...writeJitter(jitter), enabled: false } })).toBeNull();
    expect(jitterOf({ jitter: 'some' })).toBeNull();
    expect(writeJitter(null)).toBeUndefined();
  });

  it('are none where a document says nothing that can be read', () => {
    expect(windowOf(stage)).toMatchObject({ days: [], whitelist: [], timeZone: '' });
    const broken = { days: 'all', whitelist: 4, timeZone: null };
    expect(windowOf({ ...stage, restrictedExecutionWindow: broken })).toMatchObject({ days: [], whitelist: [] });
    expect(usualWindow()['days']).toEqual([2, 3, 4, 5, 6]);
  });
});
