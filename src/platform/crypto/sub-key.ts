import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

/** Another key for one purpose, from which the given one cannot be found. */
export function subKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, 'quayside', purpose, keyBytes));
}
