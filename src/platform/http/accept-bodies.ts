import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../problem.ts';
import { assertShallow, assertStorableText } from './check-text.ts';

const rawBodies = new WeakMap<FastifyRequest, Buffer>();
const noBytes = Buffer.alloc(0);

/** The body as it came; empty when there was none. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return rawBodies.get(request) ?? noBytes;
}

/** Keeps the bytes of each body beside its parsed form; keys that would reach a prototype are refused. */
export function acceptBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  // The one for plain text would hand over a string and keep no bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    rawBodies.set(request, body);
    if (body.length === 0 || request.routeOptions.config.rawBody === true) {
      done(null, undefined);
      return;
    }
    const text = body.toString('utf8');
    try {
      assertShallow(text);
    } catch (fault) {
      done(fault as Error, undefined);
      return;
    }
    void parseJson(request, text, (error, parsed: unknown) => {
      if (error !== null) return done(error, undefined);
      try {
        assertStorableText(text, parsed);
        return done(null, parsed);
      } catch (fault) {
        return done(fault as Error, undefined);
      }
    });
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    rawBodies.set(request, body);
    if (body.length === 0 || request.routeOptions.config.rawBody === true) done(null, undefined);
    else done(problem('invalid', 'invalid_request', 'Send the body as application/json.'), undefined);
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    rawBody?: boolean;
  }
}
