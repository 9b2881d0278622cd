import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';

export interface SignedRequest {
  /** `X-Slack-Request-Timestamp`. */
  readonly timestamp: unknown;
  /** `X-Slack-Signature`. */
  readonly signature: unknown;
  readonly rawBody: Uint8Array;
  readonly now: Date;
}

const toleranceSeconds = 300;

interface Signature {
  readonly timestamp: string;
  readonly signature: string;
}

/** What a request says about its signature; null when it could not hold with any secret. Looks nothing up. */
export function readSignature({ timestamp, signature, now }: Omit<SignedRequest, 'rawBody'>): Signature | null {
  if (typeof timestamp !== 'string' || !/^[1-9]\d{0,11}$/.test(timestamp)) return null;
  if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature)) return null;
  const isTimely = Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds;
  return isTimely ? { timestamp, signature } : null;
}

/** The secrets that the request was signed with: none when it is forged, altered, too old or from the future. */
export function verifyRequest<Secret extends { readonly secret: string }>(
  request: SignedRequest,
  secrets: readonly Secret[],
): readonly Secret[] {
  const read = readSignature(request);
  if (read === null) return [];
  const { timestamp, signature } = read;
  const { rawBody } = request;
  // An empty secret would make the signature computable by anyone.
  return secrets.filter(
    ({ secret }) => secret !== '' && constantTimeEqual(signSlackRequest(secret, timestamp, rawBody), signature),
  );
}

/** `v0=` and the HMAC over version, time and the body as it came. */
export function signSlackRequest(secret: string, timestamp: string, rawBody: string | Uint8Array): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`;
}
