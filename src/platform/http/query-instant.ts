import { problem } from '#platform/problem.ts';

/** What PostgreSQL and JavaScript both know to be an instant. */
const firstInstant = new Date('0001-01-01T00:00:00Z');
const lastInstant = new Date('9999-12-31T23:59:59Z');

/** An instant in a query string. Absent stays absent. */
export function queryInstant(text: string | undefined, field: string): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (date >= firstInstant && date <= lastInstant) return date;
  throw problem('invalid', 'invalid_request', `${field} must be an ISO-8601 date and time.`, { field });
}
