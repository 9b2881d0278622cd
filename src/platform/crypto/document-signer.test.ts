import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDocumentSigner } from './document-signer.ts';

const seed = new Uint8Array(32).fill(7);

test('what one signs anybody checks with the public key alone', () => {
  const signer = createDocumentSigner(seed);
  const signature = signer.sign('a text');
  expect(signer.verify('a text', signature)).toBe(true);
  const { publicKey } = createDocumentSigner(seed);
  expect(verify(null, Buffer.from('a text'), createPublicKey(publicKey), Buffer.from(signature, 'base64url'))).toBe(
    true,
  );
});

test.each([
  ['another text', (signature: string) => ['b text', signature]],
  ['another signature', (signature: string) => ['a text', signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))]],
  ['none', () => ['a text', '']],
  ['no base64', () => ['a text', '\u0000☃']],
])('refuses %s', (_what, change) => {
  const signer = createDocumentSigner(seed);
  const [text = '', signature = ''] = change(signer.sign('a text'));
  expect(signer.verify(text, signature)).toBe(false);
});

test('another key has another name and refuses', () => {
  const other = createDocumentSigner(new Uint8Array(32).fill(8));
  const signer = createDocumentSigner(seed);
  expect(other.keyId).not.toBe(signer.keyId);
  expect(other.verify('a text', signer.sign('a text'))).toBe(false);
});
