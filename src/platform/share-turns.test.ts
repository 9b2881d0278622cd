import { expect, test } from 'vitest';
import { shareTurns } from './share-turns.ts';

/** Work that ends when the test says so. */
function slowWork() {
  const begun: { readonly key: string; readonly end: (result: string) => void; readonly fail: (e: Error) => void }[] =
    [];
  const work = async (key: string): Promise<string> =>
    new Promise((end, fail) => {
      begun.push({ key, end, fail });
    });
  return { begun, work };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('who comes meanwhile shares the next turn, which begins afterwards', async () => {
  const { begun, work } = slowWork();
  const turns = shareTurns<string>();
  const ask = async (key: string): Promise<string> => turns(key, async () => work(key));
  const [first, second, third] = [ask('a'), ask('a'), ask('a')];
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]?.end('one');
  await turn();
  expect(begun).toHaveLength(2);
  const fourth = ask('a');
  begun[1]?.end('two');
  await turn();
  begun[2]?.end('three');
  expect(await Promise.all([first, second, third, fourth])).toEqual(['one', 'two', 'two', 'three']);
  const later = ask('a');
  begun[3]?.end('four');
  expect(await later).toBe('four');
});

test('keys do not wait for each other, and a failure is told to those of its turn alone', async () => {
  const { begun, work } = slowWork();
  const turns = shareTurns<string>();
  const ask = async (key: string): Promise<string> => turns(key, async () => work(key));
  const [failing, next, other] = [ask('a'), ask('a'), ask('b')];
  await turn();
  expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
  begun[1]?.end('of b');
  expect(await other).toBe('of b');
  begun[0]?.fail(new Error('No'));
  await expect(failing).rejects.toThrow('No');
  await turn();
  begun[2]?.end('of a');
  expect(await next).toBe('of a');
});
