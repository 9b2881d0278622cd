import { createCipheriv, createPublicKey, randomBytes } from 'node:crypto';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';
import type { UserInputs } from './action.ts';

/** What stands wherever a secret input would be shown. */
export const secretMask = '••••••';

const keyBytes = 32;
const nonceBytes = 16;

/** Who encrypts an input: the server with the organisation's client secret, or the browser with a key of the action. */
export type SecretInput = 'server' | 'client';

export function secretInputs({ properties }: UserInputs): ReadonlyMap<string, SecretInput> {
  const found = new Map<string, SecretInput>();
  for (const [key, { encryption }] of Object.entries(properties)) {
    if (encryption === undefined || encryption === null) continue;
    found.set(key, isJsonObject(encryption) ? 'client' : 'server');
  }
  return found;
}

/** What is wrong with the encryption of an input, and at which key. */
export function encryptionFault(input: JsonObject): { readonly key: string; readonly message: string } | null {
  const { encryption, type } = input;
  if (encryption === undefined || encryption === null) return null;
  if (type !== 'string' && type !== 'object') {
    return { key: 'encryption', message: 'is for inputs of type string or object' };
  }
  if (input['default'] !== undefined) {
    return { key: 'default', message: 'cannot be given for a secret input: everybody could read it' };
  }
  if (encryption === 'aes256-gcm') return null;
  if (isJsonObject(encryption) && encryption['algorithm'] === 'client-side') {
    return isPublicKey(encryption['key'])
      ? null
      : { key: 'encryption.key', message: 'must be an RSA public key of at least 2048 bits in PEM form' };
  }
  return { key: 'encryption', message: 'must be "aes256-gcm" or {"algorithm": "client-side", "key": …}' };
}

function isPublicKey(pem: unknown): boolean {
  if (typeof pem !== 'string' || pem.length > 10_000 || pem.includes('PRIVATE')) return false;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

/**
 * As backends expect it: AES-256-GCM under the first 32 bytes of the organisation's client secret, written as
 * base64 of nonce (16 bytes), ciphertext and tag (16 bytes). Values that are no text are encrypted as JSON.
 */
export function encryptInput(value: unknown, clientSecret: string): string {
  const key = Buffer.from(clientSecret, 'utf8').subarray(0, keyBytes);
  if (key.length < keyBytes) {
    throw problem(
      'invalid',
      'secret_input_unusable',
      `Secret inputs need API credentials whose client secret has at least ${keyBytes} characters. Rotate them in Settings.`,
    );
  }
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Given inputs as people may read them. */
export function maskInputs(
  inputs: UserInputs,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const secret = secretInputs(inputs);
  if (secret.size === 0) return values;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, secret.has(key) && value != null ? secretMask : value]),
  );
}

/** Every text of a value, so that it can be hidden wherever it is repeated. */
export function textsWithin(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsWithin);
  return isJsonObject(value) ? Object.values(value).flatMap(textsWithin) : [];
}
