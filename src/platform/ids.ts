import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 16;
/** 62 * 4: bytes at or above it are redrawn, so that every character is equally likely. */
const unbiasedLimit = 248;

/** Drawn for many ids at once: asking the system costs as much for one byte as for all of them. */
const drawnBytes = 2_048;
let drawn = Buffer.alloc(0);
let used = 0;

function randomByte(): number {
  if (used === drawn.length) {
    drawn = randomBytes(drawnBytes);
    used = 0;
  }
  return drawn[used++] as number;
}

/** The shape of Port's generated ids: a prefix, an underscore and 16 letters or digits, e.g. `r_QOz6WoOB1Q2lmhZZ`. */
export function newId(prefix: string): string {
  let text = '';
  while (text.length < idLength) {
    const byte = randomByte();
    if (byte < unbiasedLimit) text += alphabet[byte % alphabet.length];
  }
  return `${prefix}_${text}`;
}
