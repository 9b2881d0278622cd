import { EventEmitter, once } from 'node:events';
import type { FastifyReply } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createOpenStreams } from './open-streams.ts';

const limits = { inAll: 3, perFollower: 2, recheckMs: 5 };
const holds = async (): Promise<boolean> => true;

function answer(state: { destroyed: boolean } = { destroyed: false }): FastifyReply {
  const raw = Object.assign(new EventEmitter(), state);
  return { raw, request: { raw: { destroyed: state.destroyed } } } as unknown as FastifyReply;
}

describe('a stream ends', () => {
  test('when its client goes away, also when that was before it began', () => {
    const streams = createOpenStreams(limits);
    const reply = answer();
    const signal = streams.open(reply, 'a', holds);
    expect(signal.aborted).toBe(false);
    reply.raw.emit('close');
    expect(signal.aborted).toBe(true);
    expect(streams.open(answer({ destroyed: true }), 'a', holds).aborted).toBe(true);
  });

  test('when the server stops, which waits for its connection', async () => {
    const streams = createOpenStreams(limits);
    const reply = answer();
    const signal = streams.open(reply, 'a', holds);
    let stopped = false;
    const ended = streams.endAll().then(() => (stopped = true));
    expect(signal.aborted).toBe(true);
    await Promise.resolve();
    expect(stopped).toBe(false);
    reply.raw.emit('close');
    await ended;
  });

  test('when who follows may no longer', async () => {
    const streams = createOpenStreams(limits);
    let asked = 0;
    const signal = streams.open(answer(), 'a', async () => (asked += 1) < 3);
    await once(signal, 'abort');
    expect(asked).toBe(3);
  });
});

test('only so many may be open, and those that ended make room', () => {
  const streams = createOpenStreams(limits);
  const first = answer();
  streams.open(first, 'a', holds);
  streams.open(answer(), 'a', holds);
  expect(() => streams.open(answer(), 'a', holds)).toThrow('Too many streams');
  streams.open(answer(), 'b', holds);
  expect(() => streams.open(answer(), 'c', holds)).toThrow('Too many streams');
  first.raw.emit('close');
  streams.open(answer(), 'a', holds);
});
