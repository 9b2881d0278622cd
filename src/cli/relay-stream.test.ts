import { expect, test } from 'vitest';
import { readEvents } from './relay-stream.ts';

function bodyOf(chunks: readonly Uint8Array[], ends = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (ends) controller.close();
    },
  });
}

test('events survive any cut of the bytes, also inside a character', async () => {
  const bytes = new TextEncoder().encode(
    ': ping\r\n\r\nid: 1\nevent: request\ndata: 通知\ndata: two\n\nid: 2\ndata: x\n\n',
  );
  for (let size = 1; size < bytes.length; size += 7) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    const events = await Array.fromAsync(readEvents(bodyOf(chunks)));
    expect(events.map(({ id, event, data }) => [id, event, data])).toEqual([
      ['1', 'request', '通知\ntwo'],
      ['2', undefined, 'x'],
    ]);
  }
});

test('a stream that goes silent is given up', async () => {
  const events = readEvents(bodyOf([new TextEncoder().encode('data: x\n\n')], false), 20);
  expect((await events.next()).value).toMatchObject({ data: 'x' });
  await expect(events.next()).rejects.toThrow('silent');
});
