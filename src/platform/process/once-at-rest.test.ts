import { expect, test } from 'vitest';
import { onceAtRest } from './once-at-rest.ts';

test('waits until the process has little to do, and does the work once', async () => {
  let times = 0;
  onceAtRest(() => (times += 1), 40);
  const begun = performance.now();
  while (performance.now() - begun < 200) {
    // Busy: every stretch has its turn of the loop, and none of them is at rest.
    const turn = performance.now();
    while (performance.now() - turn < 15);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(times).toBe(0);
  await expect.poll(() => times, { interval: 20 }).toBe(1);
  await expect.poll(() => performance.now() - begun, { interval: 20 }).toBeGreaterThan(400);
  expect(times).toBe(1);
});
