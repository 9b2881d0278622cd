/** A list in a query string: repeated (`a=1&a=2`), joined by commas (`a=1,2`), or both. Absent stays absent. */
export function queryList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value].flat().flatMap((text) => text.split(','));
}
