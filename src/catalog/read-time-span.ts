import { problem, type Problem } from '#platform/problem.ts';
import { type Interval, type TimeSpan, timeSpan } from './aggregate-over-time.ts';

export const timePresets =
  'today yesterday lastDay lastWeek last2Weeks lastMonth last3Months last6Months last12Months last2Years last3Years'.split(
    ' ',
  );

/** A zone that is not known, and a span of years in small steps, are refused. */
export function readTimeSpan(
  { preset, timeZone = 'UTC' }: { readonly preset: string; readonly timeZone?: string },
  interval: Interval,
  now: Date,
): TimeSpan {
  if (!isTimeZone(timeZone)) throw refused('timeRange.timeZone', 'is not the name of a time zone');
  if (preset.endsWith('Years') && interval !== 'quarter') {
    throw refused('timeInterval', 'must be "quarter" for a span of years');
  }
  return timeSpan(preset, timeZone, interval, now);
}

/** The database knows the same zones, and not what Intl takes beside them, such as "+01:00". */
function isTimeZone(text: string): boolean {
  return text === 'UTC' || (Intl.supportedValuesOf('timeZone') as readonly string[]).includes(text);
}

function refused(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
