import { problem } from '#platform/problem.ts';

/** `If-Match` named another version than the one that would be overwritten. */
export function checkVersion(resource: string, version: number, expected: number | null): void {
  if (expected === null || expected === version) return;
  throw problem(
    'stale',
    'stale_version',
    `The ${resource} was changed by somebody else in the meantime. Load it again and repeat your change.`,
    { resource, expected, actual: version },
  );
}
