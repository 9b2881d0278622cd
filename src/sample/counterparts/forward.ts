import type { FastifyReply } from 'fastify';
import type { FetchLike } from './fetch-like.ts';
import type { ReceivedRequest } from './received-request.ts';

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is sent on instead of what came in. */
export interface ForwardChanges {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Forward = (request: ReceivedRequest, changes?: ForwardChanges) => Promise<ForwardedAnswer>;

/**
 * Headers about one connection rather than the message; `fetch` has decoded the content already. And
 * `emulate` lets pages of any origin read its answers, which the real services do not.
 */
const hopHeaders = new Set([
  'access-control-allow-origin',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Sends requests on to the emulator behind a counterpart. The emulator writes its own address into
 * links; callers get the counterpart's, so that following a link passes the same door.
 */
export function forwarder(fetch: FetchLike, inner: string, outer: () => string): Forward {
  return async (request, changes = {}) => {
    const method = changes.method ?? request.method;
    const body = changes.body ?? (request.body.length > 0 ? new Uint8Array(request.body) : undefined);
    const headers = { ...singleHeaders(request.headers), ...changes.headers };
    const response = await fetch(inner + (changes.url ?? request.url), {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
    });
    return outwardAnswer(response, innerNames(inner), outer());
  };
}

export async function sendAnswer(reply: FastifyReply, answer: ForwardedAnswer): Promise<FastifyReply> {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

async function outwardAnswer(response: Response, inner: readonly string[], outer: string): Promise<ForwardedAnswer> {
  const rewrite = (text: string): string => inner.reduce((result, name) => result.replaceAll(name, outer), text);
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) if (!hopHeaders.has(name)) headers[name] = rewrite(value);
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = /json|text|xml/.test(headers['content-type'] ?? '');
  return { status: response.status, headers, body: isText ? Buffer.from(rewrite(bytes.toString('utf8'))) : bytes };
}

function innerNames(inner: string): readonly string[] {
  return [inner, inner.replace('127.0.0.1', 'localhost')];
}

function singleHeaders(headers: ReceivedRequest['headers']): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopHeaders.has(name)) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
