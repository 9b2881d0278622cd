import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/start-app.ts';
import { begin, saveAction } from '#testing/test-action.ts';

let app: TestApp;
let action: string;
let stopped: boolean;
beforeEach(async () => {
  app = await startTestApp();
  stopped = false;
  action = await saveAction(app, { type: 'KAFKA' });
});
afterEach(async () => {
  if (!stopped) await app.stop();
});

interface Stream {
  /** The next event; undefined when the stream has ended. */
  next(): Promise<EventSourceMessage | undefined>;
  close(): Promise<void>;
}

async function follow(runId: string, lastEventId?: string): Promise<Stream> {
  const { body } = await app.call('POST', '/v1/auth/access_token', {
    clientId: app.clientId,
    clientSecret: app.clientSecret,
  });
  const response = await fetch(`${app.url}/api/v1/runs/${runId}/stream`, {
    headers: {
      authorization: `Bearer ${String(body['accessToken'])}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void waiting.push(event) });
  return {
    async next() {
      while (waiting.length === 0) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return undefined;
        parser.feed(chunk.value);
      }
      return waiting.shift();
    },
    close: async () => reader?.cancel(),
  };
}

function told(event: EventSourceMessage | undefined): readonly [string | undefined, unknown] {
  const data = JSON.parse(event?.data ?? '{}') as { message?: string; status?: string };
  return [event?.event, data.message ?? data.status ?? null];
}

async function log(runId: string, message: string): Promise<void> {
  await app.call('POST', `/v1/actions/runs/${runId}/logs`, { message });
}

describe('the stream of a run', () => {
  test('begins with what there is, tells what comes, and ends with the run', async () => {
    const { id } = await begin(app, action);
    await log(id, 'before');
    const stream = await follow(id);
    expect(told(await stream.next())).toEqual(['log', 'before']);
    expect(told(await stream.next())).toEqual(['run', 'IN_PROGRESS']);
    await log(id, 'while');
    expect(told(await stream.next())).toEqual(['log', 'while']);
    const last = { message: 'last', terminationStatus: 'SUCCESS' };
    await app.call('POST', `/v1/actions/runs/${id}/logs`, last);
    expect(told(await stream.next())).toEqual(['log', 'last']);
    expect(told(await stream.next())).toEqual(['run', 'SUCCESS']);
    expect(told(await stream.next())).toEqual(['end', null]);
    expect(await stream.next()).toBeUndefined();
  });

  test('resumes after the last line that was seen', async () => {
    const { id } = await begin(app, action);
    for (const line of ['one', 'two', 'three']) await log(id, line);
    const first = await follow(id);
    const seen = await first.next();
    await first.close();
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'FAILURE' });
    const second = await follow(id, seen?.id);
    expect(told(seen)).toEqual(['log', 'one']);
    const rest = [await second.next(), await second.next(), await second.next(), await second.next()].map(told);
    expect(rest).toEqual([
      ['log', 'two'],
      ['log', 'three'],
      ['run', 'FAILURE'],
      ['end', null],
    ]);
  });

  test('tells thousands of lines without losing one', async () => {
    const { id } = await begin(app, action);
    for (let from = 0; from < 500; from += 50) {
      await Promise.all(Array.from({ length: 50 }, async (_, at) => log(id, `${from + at}`)));
    }
    await app.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS' });
    const stream = await follow(id);
    const lines = new Set<unknown>();
    for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
      if (event.event === 'log') lines.add(told(event)[1]);
    }
    expect(lines.size).toBe(500);
  });

  test('ends when the server stops, which does not wait for its readers', async () => {
    const { id } = await begin(app, action);
    const stream = await follow(id);
    expect(told(await stream.next())).toEqual(['run', 'IN_PROGRESS']);
    const begun = performance.now();
    stopped = true;
    await app.stop();
    expect(await stream.next()).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('of an unknown run is a 404', async () => {
    expect(await app.call('GET', '/api/v1/runs/r_none/stream')).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
  });
});
