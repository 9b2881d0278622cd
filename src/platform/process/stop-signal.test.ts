import { EventEmitter } from 'node:events';

import { describe, expect, it } from 'vitest';

import { onStopSignal } from './stop-signal.ts';

function start() {
  const emitter = new EventEmitter();
  const seen: string[] = [];
  let time = 0;
  onStopSignal({
    stop: (signal) => seen.push(signal),
    now: () => time,
    source: {
      on: (signal, listener) => emitter.on(signal, () => listener(signal)),
      exit: (code) => seen.push(`exit ${code}`),
    },
  });
  return { seen, send: (signal: string, at: number) => ((time = at), emitter.emit(signal)) };
}

describe('onStopSignal', () => {
  it('stops once for one key press that arrives three times', () => {
    const { seen, send } = start();
    send('SIGINT', 1000);
    send('SIGINT', 1003);
    send('SIGTERM', 1020);
    expect(seen).toEqual(['SIGINT']);
  });

  it('ends at once when asked again later', () => {
    const { seen, send } = start();
    send('SIGTERM', 1000);
    send('SIGINT', 4000);
    expect(seen).toEqual(['SIGTERM', 'exit 130']);
  });
});
