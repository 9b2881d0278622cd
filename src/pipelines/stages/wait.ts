import { asNumber, wrongNumber } from './field-rules.ts';
import type { StageKind } from './stage-kind.ts';

/** A year: nobody waits longer on purpose. */
const longestSeconds = 31_622_400;

/** Lets time pass; the wait may be skipped. */
export const waitStage: StageKind = {
  type: 'wait',
  check: (stage) =>
    stage['waitTime'] === undefined
      ? [{ field: 'waitTime', message: 'waitTime is needed: the seconds to wait.' }]
      : wrongNumber(stage, 'waitTime', 0),
  async begin({ config, now }) {
    const seconds = asNumber(config['waitTime']);
    if (seconds === null || seconds < 0) return { step: 'failed', error: 'waitTime is not a number of seconds.' };
    if (seconds === 0) return { step: 'ended', status: 'SUCCEEDED', context: { waitTime: 0 } };
    const until = new Date(now.getTime() + Math.min(seconds, longestSeconds) * 1000).toISOString();
    return { step: 'waiting', wait: { for: 'time', until }, context: { waitTime: seconds } };
  },
  async look({ stage, now }) {
    if (stage.wait?.for !== 'time' || Date.parse(stage.wait.until) > now.getTime()) return null;
    return { step: 'ended', status: 'SUCCEEDED' };
  },
};
