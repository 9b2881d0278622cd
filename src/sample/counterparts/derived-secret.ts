import { createHmac, randomBytes } from 'node:crypto';

/**
 * Tokens and webhook paths of a counterpart come from one secret: random by default, or kept by the
 * caller when addresses shall survive a restart.
 */
export function secretDeriver(secret = randomBytes(32).toString('hex')): (purpose: string, length?: number) => string {
  return (purpose, length = 24) => {
    const digest = createHmac('sha256', secret).update(purpose).digest('hex');
    return digest.slice(0, length);
  };
}
