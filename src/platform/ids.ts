import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 16;
/** 62 * 4: bytes at or above it are redrawn, so that every character is equally likely. */
const unbiasedLimit = 248;

/** The shape of Port's generated ids: a prefix, an underscore and 16 letters or digits, e.g. `r_QOz6WoOB1Q2lmhZZ`. */
export function newId(prefix: string): string {
  let text = '';
  while (text.length < idLength) {
    for (const byte of randomBytes(idLength)) {
      if (byte < unbiasedLimit && text.length < idLength) text += alphabet[byte % alphabet.length];
    }
  }
  return `${prefix}_${text}`;
}
