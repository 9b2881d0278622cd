import { createHmac } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.ts';

/** How far a signature's time may lie from ours, before or after. */
export const signatureToleranceMs = 5 * 60 * 1000;

export interface PortSignatureHeaders {
  readonly 'X-Port-Timestamp': string;
  readonly 'X-Port-Signature': string;
}

export type PortSignatureCheck =
  | { readonly valid: true }
  | { readonly valid: false; readonly reason: 'missing' | 'malformed' | 'expired' | 'mismatch' };

/**
 * Signs an outgoing webhook the way Port does: HMAC-SHA256 over `<timestamp>.<raw body>`. The time is in milliseconds,
 * as Port's sample listener reads it. Pass the very text that is sent; listeners that re-serialise need compact JSON.
 */
export function signPortWebhook(message: {
  readonly secret: string;
  readonly timestampMs: number;
  readonly rawBody: string | Uint8Array;
}): PortSignatureHeaders {
  const timestamp = String(Math.trunc(message.timestampMs));
  return {
    'X-Port-Timestamp': timestamp,
    'X-Port-Signature': `v1,${mac(message.secret, timestamp, message.rawBody)}`,
  };
}

/**
 * Checks a webhook signed like that. Several secrets may be valid at once while they are being changed. A header that
 * came twice (an array) is malformed: which of the two a proxy in between believed is not known.
 */
export function verifyPortWebhook(message: {
  readonly secrets: readonly string[];
  readonly timestamp: string | readonly string[] | undefined;
  readonly signature: string | readonly string[] | undefined;
  readonly rawBody: string | Uint8Array;
  readonly nowMs: number;
}): PortSignatureCheck {
  const { timestamp, signature } = message;
  if (timestamp === undefined || signature === undefined) return { valid: false, reason: 'missing' };
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return { valid: false, reason: 'malformed' };
  const given = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1];
  if (given === undefined || !/^\d{1,15}$/.test(timestamp)) return { valid: false, reason: 'malformed' };
  if (Math.abs(message.nowMs - Number(timestamp)) > signatureToleranceMs) return { valid: false, reason: 'expired' };

  let matches = false;
  for (const secret of message.secrets) {
    // An empty secret would make the signature computable by anyone.
    if (secret !== '' && constantTimeEqual(mac(secret, timestamp, message.rawBody), given)) matches = true;
  }
  return matches ? { valid: true } : { valid: false, reason: 'mismatch' };
}

function mac(secret: string, timestamp: string, rawBody: string | Uint8Array): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('base64');
}
