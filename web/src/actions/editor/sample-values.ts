import { isPlain } from './paths.ts';

/** Something that fits an input well enough to see where it ends up; entities and people are left to be chosen. */
function sampleOf(key: string, input: Readonly<Record<string, unknown>>): unknown {
  if (input['default'] !== undefined && !isPlain(input['default'])) return undefined;
  if (Array.isArray(input['enum'])) return input['enum'][0];
  if (input['type'] === 'number') return typeof input['minimum'] === 'number' ? input['minimum'] : 1;
  if (input['type'] === 'boolean') return true;
  if (input['type'] === 'array') return undefined;
  if (input['type'] === 'object') return {};
  if (input['format'] === 'date-time') return '2030-01-01T00:00:00.000Z';
  if (input['format'] === 'url') return `https://example.com/${key}`;
  if (input['format'] === 'email') return `${key}@example.com`.replaceAll(/[^\w.@-]/g, '');
  const free = input['format'] === undefined || input['format'] === 'multi-line' || input['format'] === 'markdown';
  const bound = ['pattern', 'minLength', 'maxLength', 'encryption'].some((one) => input[one] !== undefined);
  return free && !bound ? key : undefined;
}

/** Values to try an action with, where nobody entered any. */
export function sampleValues(properties: unknown): Readonly<Record<string, unknown>> {
  if (!isPlain(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties)
      .map(([key, input]) => [key, isPlain(input) ? sampleOf(key, input) : undefined] as const)
      .filter(([, value]) => value !== undefined),
  );
}
