import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signPortWebhook, verifyPortWebhook } from './port-signature.ts';

const secret = 'client-secret-of-the-organisation';
const nowMs = Date.UTC(2026, 0, 5, 12);
const rawBody = '{"action":"UPDATE","context":{"entity":"café"}}';

function signed(overrides: { secret?: string; timestampMs?: number; rawBody?: string | Uint8Array } = {}) {
  const headers = signPortWebhook({ secret, timestampMs: nowMs, rawBody, ...overrides });
  return { timestamp: headers['X-Port-Timestamp'], signature: headers['X-Port-Signature'] };
}
const check = (overrides: Partial<Parameters<typeof verifyPortWebhook>[0]> = {}) =>
  verifyPortWebhook({ secrets: [secret], rawBody, nowMs, ...signed(), ...overrides });

describe('signPortWebhook', () => {
  test('is an HMAC-SHA256 over the time in milliseconds, a dot and the body', () => {
    const headers = signPortWebhook({ secret, timestampMs: nowMs, rawBody });
    expect(headers['X-Port-Timestamp']).toBe('1767614400000');
    expect(headers['X-Port-Signature']).toBe(
      `v1,${createHmac('sha256', secret).update(`1767614400000.${rawBody}`, 'utf8').digest('base64')}`,
    );
  });
});

describe('verifyPortWebhook', () => {
  test('accepts what was signed, as text and as bytes', () => {
    expect(check()).toEqual({ valid: true });
    expect(check({ rawBody: Buffer.from(rawBody) })).toEqual({ valid: true });
    expect(check({ rawBody: '', ...signed({ rawBody: '' }) })).toEqual({ valid: true });
  });

  test.each([-299_000, -300_000, 0, 299_000, 300_000])('accepts a time %i ms away', (offset) => {
    expect(check(signed({ timestampMs: nowMs + offset }))).toEqual({ valid: true });
  });

  test.each([-301_000, -300_001, 300_001, 301_000])('refuses a time %i ms away', (offset) => {
    expect(check(signed({ timestampMs: nowMs + offset }))).toEqual({ valid: false, reason: 'expired' });
  });

  test('a time in seconds is far in the past', () => {
    expect(check(signed({ timestampMs: nowMs / 1000 }))).toEqual({ valid: false, reason: 'expired' });
  });

  test.each([
    ['the body has one byte more', { rawBody: `${rawBody} ` }],
    ['the body was serialised anew with blanks', { rawBody: JSON.stringify(JSON.parse(rawBody), null, 1) }],
    ['non-ASCII text was escaped', { rawBody: rawBody.replace('é', '\\u00e9') }],
    ['line ends changed', { rawBody: rawBody.replace(',', ',\r\n') }],
    ['the body is gone', { rawBody: '' }],
    ['the time was changed', { timestamp: String(nowMs + 1) }],
    ['it was signed with another secret', signed({ secret: 'other' })],
    ['no secret is known', { secrets: [] }],
    ['the known secret is empty', { secrets: [''], ...signed({ secret: '' }) }],
  ])('refuses when %s', (_what, overrides) => {
    expect(check(overrides)).toEqual({ valid: false, reason: 'mismatch' });
  });

  test.each([
    ['', 'malformed'],
    ['v1,', 'malformed'],
    [signed().signature.replace('v1,', 'v2,'), 'malformed'],
    [signed().signature.replace('v1,', ''), 'malformed'],
    [signed().signature.slice(0, -1), 'malformed'],
    [`${signed().signature} ${signed().signature}`, 'malformed'],
    [[signed().signature, signed().signature], 'malformed'],
    [undefined, 'missing'],
  ] as const)('the signature %j is %s', (signature, reason) => {
    expect(check({ signature })).toEqual({ valid: false, reason });
  });

  test.each([
    ['', 'malformed'],
    ['NaN', 'malformed'],
    ['-1', 'malformed'],
    ['1767614400000.0', 'malformed'],
    [['1767614400000'], 'malformed'],
    [undefined, 'missing'],
  ] as const)('the time %j is %s', (timestamp, reason) => {
    expect(check({ timestamp })).toEqual({ valid: false, reason });
  });

  test('while a secret is being changed both count, afterwards only the new one', () => {
    const old = signed({ secret: 'old' });
    const fresh = signed({ secret: 'new' });
    for (const headers of [old, fresh]) expect(check({ secrets: ['new', 'old'], ...headers })).toEqual({ valid: true });
    expect(check({ secrets: ['new'], ...old })).toEqual({ valid: false, reason: 'mismatch' });
  });
});
