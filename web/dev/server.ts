/**
 * A loopback stand-in for the server: answers the routes that the pages call from memory.
 * `node web/dev/server.ts [port]` serves the built pages too, under the real content security policy.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from './routes.ts';
import { Refusal, type Reply } from './reply.ts';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What the real server has to send with every page. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function serveFile(pathname: string, response: ServerResponse): void {
  const wanted = join(dist, pathname);
  const file =
    extname(pathname) !== '' && wanted.startsWith(dist) && existsSync(wanted) ? wanted : join(dist, 'index.html');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy,
    // As the real server: what has a hash in its name never changes.
    'cache-control': file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  createReadStream(file).pipe(response);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-request-id': `req_${Math.random().toString(36).slice(2, 12)}`,
  });
  response.end(JSON.stringify(body));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const found = routes.find((route) => route.method === request.method && route.pattern.test(url.pathname));
  if (found === undefined) {
    if (/^\/(v1|api)\//.test(url.pathname))
      send(response, 404, {
        ok: false,
        error: 'not_found',
        message: `Route ${url.pathname} was not found`,
        details: {},
      });
    else serveFile(url.pathname, response);
    return;
  }
  const params = (found.pattern.exec(url.pathname) ?? []).slice(1).map(decodeURIComponent);
  const signedIn = request.headers.cookie?.includes('quayside=') === true;
  try {
    if (!signedIn && found.open !== true) throw new Refusal(401, 'unauthorized', 'Sign in first.');
    const result: Reply = await found.handle({
      params,
      query: url.searchParams,
      body: await bodyOf(request),
      request,
      response,
    });
    if (result !== 'handled') send(response, result.status ?? 200, { ok: true, ...result.body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(response, error.status, { ok: false, error: error.code, message: error.message, details: error.details });
  }
}

export function startFixtureServer(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent)
        send(response, 500, {
          ok: false,
          error: 'internal_error',
          message: 'Something failed on the server.',
          details: {},
        });
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await startFixtureServer(Number(process.argv[2] ?? 3000));
  console.log(`fixture server on http://127.0.0.1:${process.argv[2] ?? 3000}`);
}
