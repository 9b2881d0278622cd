import { randomBytes, scrypt } from 'node:crypto';
import { constantTimeEqual } from './constant-time-equal.ts';

/** Work factors of scrypt; memory is 128 · 2^logCost · blockSize bytes. */
export interface PasswordCost {
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallel: number;
}

/** One of the equally strong settings OWASP lists: 32 MiB for a moment rather than 128. */
export const passwordCost: PasswordCost = { logCost: 15, blockSize: 8, parallel: 3 };

const saltBytes = 16;
const hashBytes = 32;
const longestPassword = 1024;
const storedPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/;

/** Answers a text that carries salt and work factors: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. */
export async function hashPassword(password: string, cost: PasswordCost = passwordCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.logCost},r=${cost.blockSize},p=${cost.parallel}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Checks a password against a stored hash. Pass `undefined` when there is no such person: the answer is false and takes
 * as long as a real check, so that response times do not tell who exists.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parsed = stored === undefined ? undefined : parse(stored);
  if (parsed === undefined) {
    await derive(password, Buffer.alloc(saltBytes), passwordCost);
    return false;
  }
  return constantTimeEqual(await derive(password, parsed.salt, parsed.cost), parsed.hash);
}

/** True when a stored hash was made with other work factors than today's, so that the next sign-in should renew it. */
export function passwordNeedsRehash(stored: string, cost: PasswordCost = passwordCost): boolean {
  const parsed = parse(stored);
  return (
    parsed === undefined ||
    parsed.cost.logCost !== cost.logCost ||
    parsed.cost.blockSize !== cost.blockSize ||
    parsed.cost.parallel !== cost.parallel
  );
}

function parse(stored: string): { cost: PasswordCost; salt: Buffer; hash: Buffer } | undefined {
  const match = storedPattern.exec(stored);
  if (match === null) return undefined;
  const [, logCost, blockSize, parallel, salt = '', hash = ''] = match;
  const cost = { logCost: Number(logCost), blockSize: Number(blockSize), parallel: Number(parallel) };
  // A stored value must not be able to ask for more memory than the machine has.
  const sensible =
    cost.logCost >= 1 && cost.logCost <= 20 && cost.blockSize >= 1 && cost.blockSize <= 16 && cost.parallel >= 1;
  return sensible ? { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') } : undefined;
}

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  // The same characters typed on different systems may arrive composed or decomposed.
  const normal = password.slice(0, longestPassword).normalize('NFKC');
  const N = 2 ** cost.logCost;
  const options = { N, r: cost.blockSize, p: cost.parallel, maxmem: 256 * N * cost.blockSize };
  return new Promise((resolve, reject) => {
    scrypt(normal, salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
