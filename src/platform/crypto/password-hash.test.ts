import { expect, test } from 'vitest';
import { hashPassword, passwordCost, passwordNeedsRehash, verifyPassword } from './password-hash.ts';

const cheap = { logCost: 4, blockSize: 8, parallel: 1 };

test('the right password passes, others do not, and no two hashes are alike', async () => {
  const [first, second] = [await hashPassword('correct horse', cheap), await hashPassword('correct horse', cheap)];
  expect(first).not.toBe(second);
  expect(first).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  await expect(verifyPassword('correct horse', first)).resolves.toBe(true);
  for (const wrong of ['correct hors', 'correct horse ', 'Correct horse', '']) {
    await expect(verifyPassword(wrong, first)).resolves.toBe(false);
  }
});

test('today’s work factors are used when none are given, and earlier hashes ask to be renewed', async () => {
  const hash = await hashPassword('x');
  expect(hash).toContain(`ln=${passwordCost.logCost},r=${passwordCost.blockSize},p=${passwordCost.parallel}`);
  await expect(verifyPassword('x', hash)).resolves.toBe(true);
  expect(passwordNeedsRehash(hash)).toBe(false);
  expect(passwordNeedsRehash(await hashPassword('x', cheap))).toBe(true);
  expect(passwordNeedsRehash('nonsense')).toBe(true);
});

test('a password composed differently is the same password', async () => {
  const hash = await hashPassword('caf\u00e9', cheap);
  await expect(verifyPassword('cafe\u0301', hash)).resolves.toBe(true);
});

test.each([
  undefined,
  '',
  'plain',
  '$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
])('nobody and unusable hashes (%j) refuse every password after the same work', async (stored) => {
  await expect(verifyPassword('x', stored)).resolves.toBe(false);
});
