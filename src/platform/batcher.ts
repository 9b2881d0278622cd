/**
 * Joins what many ask for at the same time into one piece of work: what comes while a piece is under way makes up the
 * next one. `work` answers one result per item, in order.
 */
export function createBatcher<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let next: { readonly items: Item[]; readonly results: Promise<readonly Result[]> } | undefined;
  let former: Promise<unknown> = Promise.resolve();
  return async (item) => {
    if (next === undefined) {
      const items: Item[] = [];
      const results = former
        .catch(() => undefined)
        .then(async () => {
          next = undefined;
          return work(items);
        });
      next = { items, results };
      former = results;
    }
    const { items, results } = next;
    const place = items.push(item) - 1;
    return (await results)[place] as Result;
  };
}
