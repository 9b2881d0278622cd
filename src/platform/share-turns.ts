/**
 * One piece of work at a time for each key. Who comes while one is under way gets the outcome of the next, which they
 * share: it begins after they came, so that it sees whatever they came for.
 */
export function shareTurns<Result>(): (key: string, work: () => Promise<Result>) => Promise<Result> {
  const turns = new Map<string, { readonly underWay: Promise<Result>; next: Promise<Result> | null }>();

  async function take(key: string, work: () => Promise<Result>): Promise<Result> {
    const turn = { underWay: work(), next: null as Promise<Result> | null };
    turns.set(key, turn);
    try {
      return await turn.underWay;
    } finally {
      if (turn.next === null) turns.delete(key);
    }
  }

  return async (key, work) => {
    const turn = turns.get(key);
    if (turn === undefined) return take(key, work);
    const follow = async (): Promise<Result> => take(key, work);
    return (turn.next ??= turn.underWay.then(follow, follow));
  };
}
