import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older and later requests are refused, so that a recorded one cannot be played again for long. */
export const TOLERANCE_MS = 5 * 60 * 1000;

export interface SignedRequest {
  /** `X-Port-Timestamp`: milliseconds since 1970. */
  readonly timestamp: string | undefined;
  /** `X-Port-Signature`: `v1,` and the Base64 of an HMAC-SHA256. */
  readonly signature: string | undefined;
  /** The bytes as they came. A body that was parsed and written again has another signature. */
  readonly rawBody: Buffer;
}

/** Why a request is not to be trusted, or undefined when it is. */
export function signatureMistake(request: SignedRequest, clientSecret: string, now: number): string | undefined {
  const { timestamp = '', signature = '', rawBody } = request;
  if (!/^\d{1,16}$/.test(timestamp)) return 'X-Port-Timestamp is missing or not a number';
  if (!/^v1,[A-Za-z0-9+/]{43}=$/.test(signature)) return 'X-Port-Signature is missing or not of version 1';
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_MS) return 'the request is more than five minutes old or early';
  const expected = createHmac('sha256', clientSecret).update(`${timestamp}.`).update(rawBody).digest();
  const given = Buffer.from(signature.slice('v1,'.length), 'base64');
  return timingSafeEqual(given, expected) ? undefined : 'the signature does not match the body';
}
