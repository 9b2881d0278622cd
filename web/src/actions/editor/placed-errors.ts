import { isProblem } from '../../api/problem.ts';
import type { Path } from './paths.ts';

/** A message about the value at a path; the empty path is the definition as a whole. */
export interface PlacedError {
  readonly path: Path;
  readonly message: string;
}

interface Fault {
  readonly in?: unknown;
  readonly path?: unknown;
  readonly property?: unknown;
  readonly message?: unknown;
  readonly field?: unknown;
}

const dotted = (text: string): Path => text.split(/[.[\]]/).filter(Boolean);
const pointed = (text: string): Path =>
  text
    .split('/')
    .filter(Boolean)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const inputsRoot: Path = ['trigger', 'userInputs'];
/** Faults of inputs are told in the words of the catalog, which keeps properties in a schema. */
const withoutPrefix = (path: Path): Path =>
  path[0] === 'userInputs' || path[0] === 'schema' ? withoutPrefix(path.slice(1)) : path;

function placedFault(fault: Fault, code: string): PlacedError {
  const text = typeof fault.path === 'string' ? fault.path : '';
  const message = typeof fault.message === 'string' ? fault.message : '';
  const extra = typeof fault.field === 'string' ? [fault.field] : [];
  if (text.startsWith('/')) return { path: [...pointed(text), ...extra], message };
  if (code.startsWith('user_inputs')) return { path: [...inputsRoot, ...withoutPrefix(dotted(text))], message };
  return { path: [...dotted(text.replace(/^body\./, '')), ...extra], message };
}

/** What the server refused, each at the value it is about. */
export function placedErrors(error: unknown): readonly PlacedError[] {
  if (!isProblem(error)) return [];
  const { errors, field, byField, resource } = error.details;
  if (Array.isArray(errors) && errors.length > 0) return (errors as Fault[]).map((one) => placedFault(one, error.code));
  if (typeof field === 'string') return [{ path: dotted(field), message: error.message }];
  if (error.code === 'identifier_taken') return [{ path: ['identifier'], message: error.message }];
  if (resource === 'blueprint' && byField === 'identifier')
    return [{ path: ['trigger', 'blueprintIdentifier'], message: error.message }];
  return [];
}

const startsWith = (path: Path, prefix: Path): boolean =>
  prefix.every((part, index) => String(path[index]) === String(part));

/** What is to be shown at a field; errors deeper in it count when `deep`. */
export const errorAt = (errors: readonly PlacedError[], path: Path, deep = false): string | undefined =>
  errors.find((error) => startsWith(error.path, path) && (deep || error.path.length === path.length))?.message;

export type EditorTab = 'basics' | 'form' | 'backend' | 'permissions';

/** Which tab a value is edited in. */
export function tabOf(path: Path): EditorTab {
  if (path[0] === 'execute' || path[0] === 'approve' || path[0] === 'permissions') return 'permissions';
  if (path[0] === 'invocationMethod') return 'backend';
  return path[0] === 'trigger' && path[1] === 'userInputs' ? 'form' : 'basics';
}
