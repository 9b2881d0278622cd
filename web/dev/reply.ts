import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Call {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Reply = { readonly body: object; readonly status?: number } | 'handled';

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** Answers people who are not signed in. */
  readonly open?: boolean;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: object;
  constructor(status: number, code: string, message: string, details: object = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** `/v1/actions/:id/runs` as a pattern whose groups are the parameters. */
export const at = (path: string): RegExp => new RegExp(`^${path.replace(/:[a-z]+/g, '([^/]+)')}/?$`);
