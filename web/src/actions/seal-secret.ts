import type { UserInput } from '../api/wire.ts';

interface ClientEncryption {
  readonly algorithm: 'client-side';
  readonly key: string;
}

const isClientSide = (encryption: unknown): encryption is ClientEncryption =>
  typeof encryption === 'object' && encryption !== null && (encryption as ClientEncryption).algorithm === 'client-side';

/**
 * For inputs that the browser encrypts with a key of the action: base64 of the nonce (12 bytes), an AES-256 key wrapped
 * with RSA-OAEP-SHA256 (256 bytes), and the text encrypted with it, tag at the end. Every other value stays.
 */
export async function sealSecret(input: UserInput | undefined, value: unknown): Promise<unknown> {
  if (!isClientSide(input?.encryption) || value === undefined || value === null) return value;
  const { subtle } = crypto;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const publicKey = await subtle.importKey(
    'spki',
    bytesOfPem(input.encryption.key),
    { name: 'RSA-OAEP', hash: 'SHA-256' },
    false,
    ['encrypt'],
  );
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const [wrapped, sealed] = await Promise.all([
    subtle.encrypt({ name: 'RSA-OAEP' }, publicKey, await subtle.exportKey('raw', key)),
    subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, new TextEncoder().encode(text)),
  ]);
  const parts = [...nonce, ...new Uint8Array(wrapped), ...new Uint8Array(sealed)];
  return btoa(parts.map((byte) => String.fromCharCode(byte)).join(''));
}

function bytesOfPem(pem: string): Uint8Array<ArrayBuffer> {
  const text = atob(pem.replaceAll(/-----[^-]+-----|\s/g, ''));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
