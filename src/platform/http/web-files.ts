import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { apiPrefixes } from './server.ts';

/** Nothing but this server's own files; no inline script or style, so injected markup cannot run. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  // Sites that a page shows in a sandboxed frame, once the reader agreed.
  'frame-src https:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
const yearSeconds = 31_536_000;

/** Serves the built UI: files that never change under /assets, and the page itself for every path that is not the API's. */
export async function serveWebFiles(app: FastifyInstance, directory: string): Promise<void> {
  const built = existsSync(join(directory, 'index.html'));
  const page = built ? await readFile(join(directory, 'index.html'), 'utf8') : notBuiltPage;
  if (built) {
    const kept = { index: false as const, maxAge: yearSeconds * 1000, immutable: true };
    // One route for the hundreds of files there; each of the few others has its own.
    await app.register(fastifyStatic, { ...kept, root: join(directory, 'assets'), prefix: '/assets/' });
    const others = { root: directory, wildcard: false, globIgnore: ['assets/**'], decorateReply: false };
    await app.register(fastifyStatic, { ...kept, ...others });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const belongsToApi = apiPrefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    // A file of an earlier version, asked for by a page that is still open, is no page.
    if (belongsToApi || path.startsWith('/assets/') || (request.method !== 'GET' && request.method !== 'HEAD')) {
      return reply
        .status(404)
        .type('application/json')
        .send({
          ok: false,
          error: 'not_found',
          message: `There is no ${request.method} ${path}`,
          details: {},
        });
    }
    return sendPage(reply, page);
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'cache-control': 'no-cache',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    .send(page);
}

const notBuiltPage = `<!doctype html><meta charset="utf-8"><title>Quayside</title>
<p>The web interface has not been built. Start Quayside with <code>npm start</code>, which builds it.</p>`;
