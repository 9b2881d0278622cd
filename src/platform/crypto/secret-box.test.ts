import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretBox, masterKey } from './secret-box.ts';

const place = { orgId: 'org_A', name: 'SLACK_TOKEN' };
const key = masterKey(randomBytes(32));
const box = createSecretBox({ current: key });

describe('createSecretBox', () => {
  test('what is sealed opens again at its place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (secret, orgId, name) => {
        expect(box.open(box.seal(secret, { orgId, name }), { orgId, name })).toBe(secret.toWellFormed());
      }),
    );
  });

  test('the same secret never looks the same, and never shows', () => {
    const canary = 'canary-in-plain-sight';
    const [first, second] = [box.seal(canary, place), box.seal(canary, place)];
    expect(first).not.toBe(second);
    for (const sealed of [first, second]) {
      expect(sealed).toMatch(/^qs1\.[0-9a-f]{12}\.[\w-]+\.[\w-]+$/);
      expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('canary');
    }
  });

  test.each([
    ['another organisation', { orgId: 'org_B', name: 'SLACK_TOKEN' }],
    ['another name', { orgId: 'org_A', name: 'SLACK_TOKEM' }],
    ['parts that only join to the same text', { orgId: 'org_AS', name: 'LACK_TOKEN' }],
  ])('does not open for %s', (_what, elsewhere) => {
    expect(() => box.open(box.seal('hush', place), elsewhere)).toThrow(/cannot be read/);
    expect(() => box.rewrap(box.seal('hush', place), elsewhere)).toThrow(/cannot be read/);
  });

  test('a change of any single character is noticed', () => {
    const sealed = box.seal('hush', place);
    for (let index = 0; index < sealed.length; index += 1) {
      for (const other of ['A', 'B', '.', '0']) {
        if (sealed[index] === other) continue;
        const changed = `${sealed.slice(0, index)}${other}${sealed.slice(index + 1)}`;
        expect(() => box.open(changed, place), `at ${index}`).toThrow(/cannot be read/);
      }
    }
  });

  test('parts of two secrets cannot be put together', () => {
    const [a, b] = [box.seal('one', place).split('.'), box.seal('two', place).split('.')];
    expect(() => box.open([a[0], a[1], a[2], b[3]].join('.'), place)).toThrow(/cannot be read/);
    expect(() => box.open([a[0], a[1], a[3], a[2]].join('.'), place)).toThrow(/cannot be read/);
  });

  test.each(['', 'qs1', 'qs1.a.b.c', 'qs2.x.y.z', 'plain text', 'qs1....'])('%j is refused without an echo', (text) => {
    expect(() => box.open(text, place)).toThrow(/The secret "SLACK_TOKEN" of org_A cannot be read/);
  });

  test('a change of the master key: both open, rewrapping moves over, then the former is not needed', () => {
    const next = masterKey(randomBytes(40));
    const old = box.seal('hush', place);
    const both = createSecretBox({ current: next, former: [key] });
    expect(both.open(old, place)).toBe('hush');
    expect(both.needsRewrap(old)).toBe(true);
    const moved = both.rewrap(old, place);
    expect(both.needsRewrap(moved)).toBe(false);
    // Only the small key was encrypted anew.
    expect(moved.split('.')[3]).toBe(old.split('.')[3]);
    const alone = createSecretBox({ current: next });
    expect(alone.open(moved, place)).toBe('hush');
    expect(() => alone.open(old, place)).toThrow(new RegExp(`master key ${key.id}, which is not configured`));
  });
});

describe('masterKey', () => {
  test('is the same for the same bytes, and its id reveals nothing of them', () => {
    const bytes = randomBytes(32);
    expect(masterKey(bytes)).toEqual(masterKey(Buffer.from(bytes)));
    expect(masterKey(bytes).id).not.toBe(bytes.subarray(0, 6).toString('hex'));
    expect(masterKey(randomBytes(32)).id).not.toBe(masterKey(bytes).id);
  });

  test('a short key is refused', () => {
    expect(() => masterKey(randomBytes(31))).toThrow(/at least 32 bytes/);
  });
});
