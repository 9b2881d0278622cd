/** What the counterparts need of an HTTP client. The global `fetch` fits, and so does a guarded one. */
export type FetchLike = (url: string, init?: FetchLikeInit) => Promise<Response>;

export interface FetchLikeInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly redirect?: 'manual' | 'error' | 'follow';
  readonly signal?: AbortSignal;
}
