import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Signs texts so that anybody with the public key can check them, also without this installation. */
export interface DocumentSigner {
  readonly algorithm: 'Ed25519';
  /** Names the key: the start of the hash of its public part. */
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const seedBytes = 32;
const keyIdLength = 16;

/** The same 32 bytes give the same key. */
export function createDocumentSigner(seed: Uint8Array): DocumentSigner {
  if (seed.length !== seedBytes) throw new Error(`A signing key has ${seedBytes} bytes, not ${seed.length}`);
  const privateKey: KeyObject = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const key = createPublicKey(privateKey);
  const publicKey = key.export({ type: 'spki', format: 'pem' }).toString();
  const keyId = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, keyIdLength);
  return {
    algorithm: 'Ed25519',
    keyId,
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
    verify: (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')),
  };
}
