/** Some of many things: those named, or all but those named. Names are JSON, as they stand in the address. */
export interface Marks {
  readonly all: boolean;
  readonly named: ReadonlySet<string>;
}

export const noMarks: Marks = { all: false, named: new Set() };
export const allMarks: Marks = { all: true, named: new Set() };

export const markOf = (value: unknown): string => JSON.stringify(value);

/** `["a","b"]`, or `!["c"]` for all but "c". */
export function readMarks(text: string | undefined): Marks {
  const given = text ?? '';
  const all = given.startsWith('!');
  try {
    const named: unknown = JSON.parse((all ? given.slice(1) : given) || '[]');
    return Array.isArray(named) ? { all, named: new Set(named.map(markOf)) } : noMarks;
  } catch {
    return noMarks;
  }
}

export function writeMarks({ all, named }: Marks): string {
  if (!all && named.size === 0) return '';
  return `${all ? '!' : ''}[${[...named].join(',')}]`;
}

export const isMarked = ({ all, named }: Marks, mark: string): boolean => named.has(mark) !== all;

export function withMark(marks: Marks, mark: string, on: boolean): Marks {
  const named = new Set(marks.named);
  if (on === marks.all) named.delete(mark);
  else named.add(mark);
  return { ...marks, named };
}

interface Range {
  readonly low: number;
  readonly high: number;
  /** Undefined where the row is not here yet, null where there is none to take: a heading. */
  readonly markAt: (index: number) => string | null | undefined;
  readonly on: boolean;
  /** So many may be named. */
  readonly most: number;
}

/** All of a stretch of rows, and how many of them could not be taken. */
export function withRange(marks: Marks, { low, high, markAt, on, most }: Range): { marks: Marks; left: number } {
  const named = new Set(marks.named);
  let left = 0;
  for (let at = low; at <= high; at += 1) {
    const mark = markAt(at);
    const isNaming = on !== marks.all;
    if (mark === null) continue;
    if (mark === undefined || (isNaming && !named.has(mark) && named.size >= most)) left += 1;
    else if (isNaming) named.add(mark);
    else named.delete(mark);
  }
  return { marks: { ...marks, named }, left };
}

export const toggled = (marks: Marks, mark: string): Marks => withMark(marks, mark, !isMarked(marks, mark));

/** How many of so many are meant. */
export const countMarked = ({ all, named }: Marks, whole: number): number => (all ? whole - named.size : named.size);
