import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares secrets in a time that tells nothing about where, or at which length, they differ. */
export function constantTimeEqual(left: string | Uint8Array, right: string | Uint8Array): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(value: string | Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}
