import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';
import type { Security } from './contract.ts';

/** Whether the request comes from somebody who knows the secret; true where the webhook asks for no signature. */
export function verifySignature(
  { signatureAlgorithm = null, signatureHeaderName, signaturePrefix }: Omit<Security, 'secret'>,
  secret: string | null,
  request: {
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly rawBody: Uint8Array;
  },
): boolean {
  if (signatureAlgorithm === null) return true;
  const given = request.headers[(signatureHeaderName ?? '').toLowerCase()];
  // An empty secret would make the signature computable by anyone.
  if (secret === null || secret === '' || typeof given !== 'string') return false;
  const prefix = signaturePrefix ?? '';
  if (signatureAlgorithm === 'plain') return constantTimeEqual(`${prefix}${secret}`, given);
  const digest = createHmac(signatureAlgorithm, secret).update(request.rawBody).digest('hex');
  return constantTimeEqual(`${prefix}${digest}`, given);
}
