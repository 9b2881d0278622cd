/** Lets so many pieces of work go on at once under each key; others wait in order. */
export function createKeyedLimit(
  places: number,
): <Result>(key: string, work: () => Promise<Result>) => Promise<Result> {
  const lanes = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();
  return async (key, work) => {
    const lane = lanes.get(key) ?? { taken: 0, waiting: [] };
    lanes.set(key, lane);
    // Who leaves hands its place over, so that nobody who comes meanwhile takes it.
    if (lane.taken < places) lane.taken += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if ((lane.taken -= 1) === 0) lanes.delete(key);
    }
  };
}
