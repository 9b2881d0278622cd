import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came over the wire; signatures can be checked against `body`. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The fields of a JSON or form-encoded body. Anything else, and broken JSON, reads as no fields. */
export function bodyFields(request: ReceivedRequest): Record<string, unknown> {
  const text = request.body.toString('utf8');
  if (!(request.headers['content-type'] ?? '').includes('json')) return Object.fromEntries(new URLSearchParams(text));
  return jsonObject(text) ?? {};
}

export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The token of `Authorization: Bearer …`; GitHub also takes the word `token`. */
export function bearerToken(request: ReceivedRequest): string | undefined {
  return /^(?:bearer|token)\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
