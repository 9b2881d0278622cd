/** A request that reached the public address of a relay channel, as the server hands it on. */
export interface RelayedRequest {
  /** Names the request for ever; its answer is reported under it. */
  readonly id: string;
  readonly method: string;
  /** What followed the channel's address: empty, or beginning with a slash. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Reads the data of a `request` event; undefined when it is not one. */
export function readRelayedRequest(data: string): RelayedRequest | undefined {
  const value = parse(data);
  const { id, method, path, query, headers, bodyBase64 } = value ?? {};
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof method !== 'string') return undefined;
  const rest = typeof path === 'string' ? path : '';
  return {
    id: String(id),
    method,
    path: rest === '' || rest.startsWith('/') ? rest : `/${rest}`,
    query: typeof query === 'string' ? query.replace(/^\?/, '') : '',
    headers: Array.isArray(headers) ? headers.filter(isHeader) : [],
    body: Buffer.from(typeof bodyBase64 === 'string' ? bodyBase64 : '', 'base64'),
  };
}

function parse(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
