import { isPlain, type Path, sameJson, valueAt, withValue } from './paths.ts';

/** A value that differs between two versions; lists are compared as a whole. */
export interface Change {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

export function changesBetween(before: unknown, after: unknown, path: Path = []): readonly Change[] {
  if (sameJson(before, after)) return [];
  if (!isPlain(before) || !isPlain(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changesBetween(valueAt(before, [key]), valueAt(after, [key]), [...path, key]));
}

const overlaps = (left: Path, right: Path): boolean => {
  const shorter = Math.min(left.length, right.length);
  return left.slice(0, shorter).every((part, index) => part === right[index]);
};

/** A change of theirs, and whether it touches what was changed here. */
export interface TheirChange extends Change {
  readonly contested: boolean;
}

/** What somebody else changed since `base`. */
export function theirChanges(base: unknown, mine: unknown, theirs: unknown): readonly TheirChange[] {
  const own = changesBetween(base, mine);
  return changesBetween(base, theirs)
    .filter(({ path, after }) => !sameJson(valueAt(mine, path), after))
    .map((change) => ({ ...change, contested: own.some(({ path }) => overlaps(path, change.path)) }));
}

/** What is being edited here, with the given changes of theirs taken over. */
export function withTheirs<Document>(mine: Document, taken: readonly Change[]): Document {
  return taken.reduce((document, { path, after }) => withValue(document, path, after), mine);
}

/** The same with those changes of theirs that are named by their paths. */
export const withNamed = <Document>(mine: Document, changes: readonly Change[], names: readonly string[]): Document =>
  withTheirs(
    mine,
    changes.filter(({ path }) => names.includes(path.join('.'))),
  );
