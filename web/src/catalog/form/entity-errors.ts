import { isProblem } from '../../api/problem.ts';

/** Where a message belongs: `identifier`, `title`, `icon`, `team`, `properties.<key>` or `relations.<key>`. */
export type FieldErrors = Readonly<Record<string, string>>;

interface Fault {
  readonly property?: unknown;
  readonly path?: unknown;
  readonly message?: unknown;
}

const own = new Set(['identifier', 'title', 'icon', 'team']);

function placeOf(fault: Fault): string | undefined {
  if (typeof fault.property === 'string') return `properties.${fault.property}`;
  return typeof fault.path === 'string' && own.has(fault.path) ? fault.path : undefined;
}

function wordsOf({ property, path, message }: Fault): string {
  const text = typeof message === 'string' ? message : '';
  return typeof property === 'string' && typeof path === 'string' && path !== '' ? `${path}: ${text}` : text;
}

/** What the server refused, each at the field it is about; nothing for what is about the whole. */
export function entityErrors(error: unknown): FieldErrors {
  if (!isProblem(error)) return {};
  const { errors, relation } = error.details;
  const found: Record<string, string> = {};
  for (const fault of Array.isArray(errors) ? (errors as Fault[]) : []) {
    const place = placeOf(fault);
    if (place !== undefined) found[place] ??= wordsOf(fault);
  }
  if (typeof relation === 'string') found[`relations.${relation}`] = error.message;
  if (error.code === 'identifier_taken') found['identifier'] = error.message;
  if (error.code.endsWith('_inheritance_enabled') || error.code === 'inherited_ownership_enabled')
    found['team'] = error.message;
  return found;
}
