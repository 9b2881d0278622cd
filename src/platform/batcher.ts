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

/**
 * A batcher for each key, for as long as somebody asks with it: what is slow under one key holds up no other. `most`
 * items are one piece of work; what else came meanwhile is done after it.
 */
export function createKeyedBatcher<Item, Result>(
  keyOf: (item: Item) => string,
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  most = Number.POSITIVE_INFINITY,
): (item: Item) => Promise<Result> {
  const inPieces = async (items: readonly Item[]): Promise<readonly Result[]> => {
    const results: Result[] = [];
    for (let at = 0; at < items.length; at += most) results.push(...(await work(items.slice(at, at + most))));
    return results;
  };
  const lanes = new Map<string, { readonly ask: (item: Item) => Promise<Result>; open: number }>();
  return async (item) => {
    const key = keyOf(item);
    const lane = lanes.get(key) ?? { ask: createBatcher(inPieces), open: 0 };
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

/**
 * Looks rows up by id, those that are asked for at the same time and in the same place together. Null for one that is
 * not there.
 *
 * @param placeOf what has to be the same for ids to be looked up together, e.g. the organisation
 * @param find is given any key of the place, and each id once
 */
export function createLookup<Key extends { readonly id: string }, Row extends { readonly id: string }>(
  placeOf: (key: Key) => string,
  find: (key: Key, ids: readonly string[]) => Promise<readonly Row[]>,
): (key: Key) => Promise<Row | null> {
  return createKeyedBatcher(placeOf, async (keys) => {
    const [first] = keys;
    if (first === undefined) return [];
    const rows = await find(first, [...new Set(keys.map(({ id }) => id))]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return keys.map(({ id }) => found.get(id) ?? null);
  });
}
