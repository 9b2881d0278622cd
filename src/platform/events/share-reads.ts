/**
 * Lets followers who want to know the same at the same time read it once. The key names everything the answer depends
 * on, the count of news included, so that nobody gets an answer older than the news they heard.
 */
export function shareReads<Value>(): (key: string, read: () => Promise<Value>) => Promise<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return async (key, read) => {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const answer = read().finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
}
