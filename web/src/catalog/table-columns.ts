/** Which columns a table shows, in which order and how wide: `title:300,-lang,tier`; `-` hides. */
export interface ColumnChoice {
  readonly key: string;
  readonly hidden: boolean;
  readonly width?: number;
}

const narrowest = 72;
const widest = 900;

export function readColumns(text: string | undefined): readonly ColumnChoice[] {
  return (text ?? '').split(',').flatMap((part): readonly ColumnChoice[] => {
    const found = /^(-?)([^~]+)(?:~(\d{1,4}))?$/.exec(part);
    const key = found?.[2];
    if (key === undefined) return [];
    const width = found?.[3] === undefined ? {} : { width: clamp(Number(found[3])) };
    return [{ key: unescaped(key), hidden: found?.[1] === '-', ...width }];
  });
}

/** Whether the first column stays in sight; a part of its own says that it does not. */
export const readPinned = (text: string | undefined): boolean => !(text ?? '').split(',').includes(unpinned);

export const writePinned = (text: string | undefined, pinned: boolean): string => {
  const parts = (text ?? '').split(',').filter((part) => part !== '' && part !== unpinned);
  return [...parts, ...(pinned ? [] : [unpinned])].join(',');
};

const unpinned = '~';

export function writeColumns(choices: readonly ColumnChoice[]): string {
  return choices
    .map(({ key, hidden, width }) => `${hidden ? '-' : ''}${escaped(key)}${width === undefined ? '' : `~${width}`}`)
    .join(',');
}

const escaped = (key: string): string =>
  key.replaceAll(/[%,~]/g, (character) => encodeURIComponent(character).replace('~', '%7E')).replace(/^-/, '%2D');

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

export const clamp = (width: number): number => Math.min(widest, Math.max(narrowest, Math.round(width)));

interface Sized {
  readonly key: string;
  readonly width: number;
}

/** All columns as chosen: those that are named first, in their order; the others after them. */
export function arranged<Column extends Sized>(
  columns: readonly Column[],
  choices: readonly ColumnChoice[],
): readonly { readonly column: Column; readonly hidden: boolean }[] {
  const known = new Map(columns.map((column) => [column.key, column]));
  const named = choices.flatMap(({ key, hidden, width }) => {
    const column = known.get(key);
    if (column === undefined || !known.delete(key)) return [];
    return [{ column: width === undefined ? column : { ...column, width }, hidden }];
  });
  return [...named, ...[...known.values()].map((column) => ({ column, hidden: false }))];
}

/** The choice after one column was changed; every column is named then. */
export function choose(
  columns: readonly Sized[],
  choices: readonly ColumnChoice[],
  key: string,
  change: { readonly hidden?: boolean; readonly width?: number; readonly move?: number },
): readonly ColumnChoice[] {
  const own = new Map(columns.map((column) => [column.key, column.width]));
  const all = arranged(columns, choices).map(({ column, hidden }): ColumnChoice => ({
    key: column.key,
    hidden,
    ...(own.get(column.key) === column.width ? {} : { width: column.width }),
  }));
  const at = all.findIndex((choice) => choice.key === key);
  const chosen = all[at];
  if (chosen === undefined) return choices;
  const { move, hidden = chosen.hidden, width } = change;
  const next = { ...chosen, hidden, ...(width === undefined ? {} : { width: clamp(width) }) };
  const rest = all.toSpliced(at, 1);
  // The first column names the row and stays.
  const place = move === undefined ? at : Math.max(1, Math.min(rest.length, at + move));
  return rest.toSpliced(place, 0, next);
}
