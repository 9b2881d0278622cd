import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { parseAllowList } from './allow-list.ts';
import type { AllowEntry } from './allow-list.ts';
import { guardedConnector } from './connector.ts';
import { parseDestination } from './destination.ts';
import { EgressFailure } from './egress-failure.ts';
import type { EgressFailureReason } from './egress-failure.ts';
import { exchange } from './exchange.ts';
import { createGuard, systemResolver } from './guard.ts';
import type { Guard, Resolver } from './guard.ts';
import { requestHeaders } from './request-headers.ts';

export interface EgressRequest {
  readonly url: string | URL;
  /** Default GET. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** For everything from the name look-up to the last byte of the answer. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of the answer that are kept; the rest is not read. Default 1 MiB. */
  readonly maxResponseBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EgressResponse {
  readonly status: number;
  readonly statusText: string;
  /** 2xx. */
  readonly ok: boolean;
  /** The other side answered with another address. It is not followed: treat it as a failure. */
  readonly redirect: boolean;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The answer was longer than `maxResponseBytes`, and `body` is its beginning. */
  readonly truncated: boolean;
}

/** What a finished call looked like, for metrics. Holds no path, no query and no header. */
export interface EgressRecord {
  readonly host: string;
  readonly method: string;
  readonly durationMs: number;
  readonly outcome: number | EgressFailureReason | 'blocked';
}

export interface EgressOptions {
  /** CIDR blocks, addresses and host names, each with an optional port, that may be reached although private. */
  readonly allow: readonly string[];
  readonly resolver?: Resolver;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly resolveTimeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** Certificate authorities trusted instead of the built-in ones, in PEM. */
  readonly ca?: string;
  readonly onFinished?: (record: EgressRecord) => void;
}

/** The only way out: every HTTP call of the program goes through one of these. */
export interface Egress {
  /**
   * Sends one request. Answers whatever the other side said, errors and redirects included. Throws a `forbidden`
   * problem (`private_destination`, `not_resolvable_destination`), an `invalid` one for an unusable address or header,
   * or an EgressFailure that tells whether the request may have arrived.
   */
  readonly request: (request: EgressRequest) => Promise<EgressResponse>;
  /** Throws what `request` would throw for this address before connecting; for the moment an address is saved. */
  readonly check: (url: string | URL) => Promise<void>;
  /**
   * The checked addresses of a host, for what is not HTTP; connect to nothing else. Throws what `request` would throw.
   */
  readonly addressesOf: Guard['addressesOf'];
  /** Permits one more destination, such as an emulator's `127.0.0.1:4001`. Answers how to take it back. */
  readonly addAllowed: (entry: string) => () => Promise<void>;
  readonly close: () => Promise<void>;
}

const defaults = { timeoutMs: 30_000, connectTimeoutMs: 5_000, resolveTimeoutMs: 5_000, maxResponseBytes: 1024 * 1024 };

/** Builds the guarded HTTP client. Reads no proxy settings from the environment, and follows no redirect. */
export function createEgress(options: EgressOptions): Egress {
  const allowed = new Set<AllowEntry>(parseAllowList(options.allow));
  const guard = createGuard({
    allowed: () => allowed,
    resolver: options.resolver ?? systemResolver,
    resolveTimeoutMs: options.resolveTimeoutMs ?? defaults.resolveTimeoutMs,
  });
  const connect = guardedConnector(guard, {
    connectTimeoutMs: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
    ca: options.ca,
  });
  const newAgent = (): Agent => new Agent({ connect, connections: 64, pipelining: 1, allowH2: false });
  let agent = newAgent();

  const send = async (dispatcher: Dispatcher, request: EgressRequest, method: string): Promise<EgressResponse> => {
    const destination = parseDestination(request.url);
    const headers = requestHeaders(request.headers ?? {});
    const answer = await exchange(dispatcher, {
      destination,
      method,
      headers,
      body: request.body,
      timeoutMs: request.timeoutMs ?? options.timeoutMs ?? defaults.timeoutMs,
      maxResponseBytes: request.maxResponseBytes ?? options.maxResponseBytes ?? defaults.maxResponseBytes,
      signal: request.signal,
    });
    return {
      ...answer,
      ok: answer.status >= 200 && answer.status < 300,
      redirect: answer.status >= 300 && answer.status < 400 && answer.status !== 304,
    };
  };

  return {
    async request(request) {
      const method = (request.method ?? 'GET').toUpperCase();
      const begun = performance.now();
      const finished = (outcome: EgressRecord['outcome']): void =>
        options.onFinished?.({
          host: hostForRecord(request.url),
          method,
          durationMs: performance.now() - begun,
          outcome,
        });
      try {
        const response = await send(agent, request, method);
        finished(response.status);
        return response;
      } catch (error) {
        finished(error instanceof EgressFailure ? error.reason : 'blocked');
        throw error;
      }
    },

    async check(url) {
      const { host, port } = parseDestination(url);
      await guard.addressesOf(host, port);
    },

    addressesOf: guard.addressesOf,

    addAllowed(entry) {
      const added = parseAllowList([entry]);
      for (const one of added) allowed.add(one);
      return async () => {
        for (const one of added) allowed.delete(one);
        // Open connections were permitted by the entry that is gone; new calls start afresh.
        const former = agent;
        agent = newAgent();
        await former.close();
      };
    },

    async close() {
      await agent.destroy();
    },
  };
}

function hostForRecord(url: string | URL): string {
  return URL.parse(String(url))?.host ?? '';
}

/** The answer's body as text. */
export function responseText(response: Pick<EgressResponse, 'body'>): string {
  return response.body.toString('utf8');
}
