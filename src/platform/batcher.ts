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

/** A batcher for each key, for as long as somebody asks with it: what is slow under one key holds up no other. */
export function createKeyedBatcher<Item, Result>(
  keyOf: (item: Item) => string,
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const lanes = new Map<string, { readonly ask: (item: Item) => Promise<Result>; open: number }>();
  return async (item) => {
    const key = keyOf(item);
    const lane = lanes.get(key) ?? { ask: createBatcher(work), open: 0 };
    lanes.set(key, lane);
    lane.open += 1;
    try {
      return await lane.ask(item);
    } finally {
      lane.open -= 1;
      if (lane.open === 0) lanes.delete(key);
    }
  };
}
