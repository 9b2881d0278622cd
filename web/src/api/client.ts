import { RequestProblem } from './problem.ts';

interface Envelope {
  readonly ok: boolean;
  readonly error?: string | { readonly code: string; readonly message: string };
  readonly message?: string;
  readonly details?: Record<string, unknown>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
  /** Sent as If-Match, so that a write over somebody else's newer version is refused. */
  readonly version?: string;
  /** One key per intended creation; a repeated POST with the same key gives the same answer. */
  readonly idempotencyKey?: string;
}

let csrfToken: string | undefined;
let onSignedOut: () => void = () => undefined;

/** The token of the current session; unsafe requests carry it. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

/** What to do when the server says that nobody is signed in. */
export function setOnSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

function address(path: string, query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`;
}

function headersOf(method: string, options: RequestOptions): Headers {
  const headers = new Headers({ accept: 'application/json' });
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.version !== undefined) headers.set('if-match', options.version);
  if (method !== 'GET' && csrfToken !== undefined) headers.set('x-csrf-token', csrfToken);
  if (method === 'POST') headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID());
  return headers;
}

async function refusal(response: Response, body: Envelope | undefined): Promise<RequestProblem> {
  const id = response.headers.get('x-request-id') ?? undefined;
  const code = typeof body?.error === 'string' ? body.error : (body?.error?.code ?? `http_${response.status}`);
  const message = body?.message ?? (typeof body?.error === 'object' ? body.error.message : response.statusText);
  return new RequestProblem({ status: response.status, code, message, details: body?.details ?? {}, requestId: id });
}

/**
 * Sends one request to the server of this page.
 * Throws RequestProblem for anything but `ok: true`; status 0 means that the server was not reached.
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers: headersOf(method, options),
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new RequestProblem({ status: 0, code: 'unreachable', message: '' });
  }
  const body = (await response.json().catch(() => undefined)) as (Envelope & T) | undefined;
  if (response.ok && body?.ok !== false) {
    const version = response.headers.get('etag');
    return (version === null ? body : { ...body, version }) as T;
  }
  if (response.status === 401 && path !== '/api/v1/session') onSignedOut();
  throw await refusal(response, body);
}

export const get = <T>(path: string, options?: RequestOptions): Promise<T> => request<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request<T>('POST', path, { ...options, body: body ?? {} });
export const patch = <T>(path: string, body: unknown, options?: RequestOptions): Promise<T> =>
  request<T>('PATCH', path, { ...options, body });
export const remove = <T>(path: string, options?: RequestOptions): Promise<T> => request<T>('DELETE', path, options);

/** Path segments, each escaped: `path('/v1/blueprints', 'service')`. */
export const path = (base: string, ...segments: readonly string[]): string =>
  [base, ...segments.map(encodeURIComponent)].join('/');
