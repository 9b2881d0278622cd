import { CronExpressionParser } from 'cron-parser';
import { problem } from '#platform/problem.ts';

/** Seconds first; a seventh field, the year, is read when it says every year. */
const leastFields = 6;

/**
 * The first instant after `after` that a Quartz expression names: seconds, minutes, hours, day of month, month, day of
 * week, where `?` means any day. Refuses an expression that cannot be read or never comes.
 */
export function nextCronInstant(expression: string, timeZone: string, after: Date): Date {
  const fields = expression.trim().split(/\s+/);
  if (fields.length === leastFields + 1 && ['*', '?'].includes(fields[leastFields] ?? '')) fields.pop();
  if (fields.length !== leastFields) {
    throw unreadable('needs six fields: seconds, minutes, hours, day of month, month, day of week.');
  }
  const normal = [...fields.slice(0, 5), quartzWeekdays(fields[5] ?? '*')].join(' ');
  try {
    const parsed = CronExpressionParser.parse(normal, { currentDate: after, tz: timeZone, strict: false });
    return parsed.next().toDate();
  } catch (error) {
    throw unreadable(`cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`);
  }
}

/** Quartz counts the days of the week from Sunday = 1; everybody else from 0. Names are the same. */
function quartzWeekdays(field: string): string {
  return field
    .split(',')
    .map((part) => {
      const [days = '', step] = part.split('/');
      const [day = '', nth] = days.split('#');
      const shifted = day.replaceAll(/\d+/g, (number) => String(Number(number) - 1));
      return `${shifted}${nth === undefined ? '' : `#${nth}`}${step === undefined ? '' : `/${step}`}`;
    })
    .join(',');
}

function unreadable(why: string): Error {
  return problem('invalid', 'invalid_cron_expression', `The cron expression ${why}`, { field: 'cronExpression' });
}
