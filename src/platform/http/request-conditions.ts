import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { IdempotentRequest } from '../commands/idempotency.ts';
import { problem } from '../problem.ts';

/** From `Idempotency-Key`, which counts on POST alone: what else changes things may be repeated anyway. */
export function idempotentRequest(request: FastifyRequest, rawBody: Buffer): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || typeof key !== 'string' || key === '') return undefined;
  if (key.length > 255) {
    throw problem('invalid', 'invalid_request', 'Idempotency-Key has more than 255 characters.', {
      header: 'Idempotency-Key',
    });
  }
  // Addresses may be longer than an index holds.
  return { key, route: `${request.method} ${hashOf(request.url)}`, bodyHash: hashOf(rawBody) };
}

/** From `If-Match`: the version the client edited, or null when it did not say. */
export function expectedVersion(header: string | undefined): number | null {
  if (header === undefined || header === '*') return null;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header);
  if (match === null) {
    throw problem('bad-request', 'bad_request', 'If-Match must be an ETag that this server gave.', {
      header: 'If-Match',
    });
  }
  return Number(match[1]);
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}
