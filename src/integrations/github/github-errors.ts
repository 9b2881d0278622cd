/**
 * Why GitHub did not do what it was asked, in words for a person.
 *
 * - `rejected`: GitHub understood and refuses; asking again the same way is pointless.
 * - `unauthorized`: the credentials are wrong or too weak.
 * - `rate-limited`: not done; worth repeating after `retryAfterMs`.
 * - `unavailable`: not done; worth repeating soon.
 * - `unknown`: it may or may not have been done; look before repeating.
 */
export interface GitHubFailure {
  readonly reason: 'rejected' | 'not-found' | 'unauthorized' | 'rate-limited' | 'unavailable' | 'unknown';
  readonly message: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

export type GitHubResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: GitHubFailure };

export function succeeded<Value>(value: Value): GitHubResult<Value> {
  return { ok: true, value };
}

export function failed(failure: GitHubFailure): { readonly ok: false; readonly failure: GitHubFailure } {
  return { ok: false, failure };
}

/** True when the same request may be sent again without risk of doing it twice. */
export function mayRepeat(failure: GitHubFailure): boolean {
  return failure.reason === 'rate-limited' || failure.reason === 'unavailable';
}
