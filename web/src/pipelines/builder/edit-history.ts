/** What was edited, and what every edit can be taken back to. */
export interface EditHistory<Value> {
  readonly past: readonly Value[];
  readonly present: Value;
  readonly future: readonly Value[];
  /** When the present came to be, in milliseconds. */
  readonly at: number;
}

const most = 200;
/** Letters typed within this of each other are taken back together. */
const together = 1_000;

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

export const beginHistory = <Value>(present: Value): EditHistory<Value> => ({
  past: [],
  present,
  future: [],
  at: Number.NEGATIVE_INFINITY,
});

interface Edit<Value> {
  readonly value: Value;
  readonly at: number;
  /** Whether this goes on with what the edit before began, as the next letter of a word does. */
  readonly joins: (before: Value, after: Value) => boolean;
}

export function recordEdit<Value>(history: EditHistory<Value>, { value, at, joins }: Edit<Value>): EditHistory<Value> {
  const { past, present } = history;
  if (same(present, value)) return history;
  const goesOn = past.length > 0 && at - history.at < together && joins(present, value);
  return { past: goesOn ? past : [...past, present].slice(-most), present: value, future: [], at };
}

export function undoEdit<Value>(history: EditHistory<Value>): EditHistory<Value> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    at: Number.NEGATIVE_INFINITY,
  };
}

export function redoEdit<Value>(history: EditHistory<Value>): EditHistory<Value> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, at: Number.NEGATIVE_INFINITY };
}

/** The present as the server keeps it: no edit, so nothing of it can be taken back. */
export const restateHistory = <Value>(history: EditHistory<Value>, present: Value): EditHistory<Value> => ({
  ...history,
  present,
  at: Number.NEGATIVE_INFINITY,
});
