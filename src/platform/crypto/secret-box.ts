import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

/**
 * Secrets at rest. Each secret gets a key of its own (AES-256-GCM); that key is stored beside it, encrypted with the
 * master key. Changing the master key therefore re-encrypts small keys only, and never sees a secret.
 *
 * Stored text: `qs1.<master key id>.<wrapped key>.<secret>`, both parts base64url of nonce, ciphertext and tag.
 */
const version = 'qs1';
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** Where a secret belongs. Bound into the encryption: a row copied to another organisation or name does not open. */
export interface SecretPlace {
  readonly orgId: string;
  readonly name: string;
}

export interface MasterKey {
  /** Told apart by this, which says nothing about the key. */
  readonly id: string;
  readonly wrappingKey: KeyObject;
}

export interface SecretBox {
  readonly seal: (secret: string, place: SecretPlace) => string;
  /** Throws a SecretUnreadable when the text was made with an unknown key, for another place, or was changed. */
  readonly open: (sealed: string, place: SecretPlace) => string;
  /** True when the text still depends on a former master key. */
  readonly needsRewrap: (sealed: string) => boolean;
  /** The same secret under the current master key. */
  readonly rewrap: (sealed: string, place: SecretPlace) => string;
}

/** A stored secret that cannot be read; names the place, never the content. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/** Derives a master key from at least 32 bytes of the installation's secret. */
export function masterKey(secret: Uint8Array): MasterKey {
  if (secret.length < keyBytes) {
    throw new Error(`The master key needs at least ${keyBytes} bytes; it has ${secret.length}.`);
  }
  return {
    id: derive(secret, 'quayside master key id', 6).toString('hex'),
    wrappingKey: createSecretKey(derive(secret, 'quayside secret box', keyBytes)),
  };
}

function derive(secret: Uint8Array, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, length));
}

export function createSecretBox(keys: {
  readonly current: MasterKey;
  readonly former?: readonly MasterKey[];
}): SecretBox {
  const known = new Map([...(keys.former ?? []), keys.current].map((key) => [key.id, key]));

  const unwrap = (sealed: string, place: SecretPlace): { secretKey: Buffer; body: string } => {
    const [tag, keyId = '', wrapped = '', body = '', ...rest] = sealed.split('.');
    if (tag !== version || body === '' || rest.length > 0) throw unreadable(place, 'it is not in a known form');
    const master = known.get(keyId);
    if (master === undefined) {
      throw unreadable(
        place,
        `it was stored under the master key ${keyId}, which is not configured (QUAYSIDE_SECRET_KEY)`,
      );
    }
    return { secretKey: decrypt(master.wrappingKey, wrapped, place, 'key'), body };
  };

  const assemble = (secretKey: Buffer, body: string, place: SecretPlace): string =>
    [version, keys.current.id, encrypt(keys.current.wrappingKey, secretKey, place, 'key'), body].join('.');

  return {
    seal(secret, place) {
      const secretKey = randomBytes(keyBytes);
      return assemble(
        secretKey,
        encrypt(createSecretKey(secretKey), Buffer.from(secret, 'utf8'), place, 'secret'),
        place,
      );
    },
    open(sealed, place) {
      const { secretKey, body } = unwrap(sealed, place);
      return decrypt(createSecretKey(secretKey), body, place, 'secret').toString('utf8');
    },
    needsRewrap: (sealed) => sealed.split('.')[1] !== keys.current.id,
    rewrap(sealed, place) {
      const { secretKey, body } = unwrap(sealed, place);
      return assemble(secretKey, body, place);
    },
  };
}

/** JSON keeps ("a", "bc") and ("ab", "c") apart; the layer keeps a wrapped key from passing for a secret. */
function boundTo(place: SecretPlace, layer: 'key' | 'secret'): Buffer {
  return Buffer.from(JSON.stringify([version, layer, place.orgId, place.name]), 'utf8');
}

// Keys as objects: given as bytes, Node wraps them at each use, which takes longer than the encryption.
function encrypt(key: KeyObject, plain: Uint8Array, place: SecretPlace, layer: 'key' | 'secret'): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(boundTo(place, layer));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function decrypt(key: KeyObject, text: string, place: SecretPlace, layer: 'key' | 'secret'): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  // Base64 has several spellings of the same bytes; only the one that was written is taken.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== text)
    throw unreadable(place, 'it is damaged');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(boundTo(place, layer));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw unreadable(place, 'it was changed, or belongs to another organisation or name');
  }
}

function unreadable(place: SecretPlace, why: string): SecretUnreadable {
  return new SecretUnreadable(`The secret "${place.name}" of ${place.orgId} cannot be read: ${why}.`);
}
