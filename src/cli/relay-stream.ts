import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** Nothing for this long, not even a comment, means the connection is dead. */
export const IDLE_MS = 75_000;

/**
 * The events of a server-sent stream, in order. Ends when the server ends it; throws when the connection breaks or
 * goes silent. While the caller works on an event nothing more is read, so a slow receiver slows the sender.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  idleMs: number = IDLE_MS,
): AsyncGenerator<EventSourceMessage> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const chunk = await readOrGiveUp(reader, idleMs);
      if (chunk.done) return;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readOrGiveUp(reader: ReadableStreamDefaultReader<Uint8Array>, idleMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The connection went silent')), idleMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
