import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { expect, it } from 'vitest';
import { sealSecret } from './seal-secret.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();

it('what the browser encrypts, only the owner of the key reads', async () => {
  const input = { type: 'string', encryption: { algorithm: 'client-side', key } } as const;
  const sealed = Buffer.from(String(await sealSecret(input, 'hunter2 ✓')), 'base64');
  const wrapped = sealed.subarray(12, 12 + 256);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const secret = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, wrapped);
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([decipher.update(sealed.subarray(12 + 256, -16)), decipher.final()]);
  expect(text.toString('utf8')).toBe('hunter2 ✓');
});

it('what the server encrypts, and what is no secret, stays', async () => {
  expect(await sealSecret({ type: 'string', encryption: 'aes256-gcm' }, 'x')).toBe('x');
  expect(await sealSecret({ type: 'string' }, 'x')).toBe('x');
  expect(await sealSecret(undefined, 7)).toBe(7);
});
