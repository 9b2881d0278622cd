import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signSlackRequest, verifyRequest } from './verify-request.ts';

/** Slack's published example, and one more. */
const vectors = [
  {
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    timestamp: '1531420618',
    body:
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
      '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
      '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
      '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  },
  {
    secret: 'test-signing-secret',
    timestamp: '1700000000',
    body:
      'payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22actions%22%3A%5B%7B' +
      '%22action_id%22%3A%22judge%3Aapprove%22%2C%22value%22%3A%22x%22%7D%5D%7D',
    signature: 'v0=a886385b76879ea9ea4603502c58d26724d5178e5f793650ae2b30780de91140',
  },
] as const;

type Vector = { secret: string; timestamp: string; body: string; signature: string };

function verifies(vector: Vector, offsetSeconds = 0, secrets: readonly string[] = [vector.secret]): boolean {
  const found = verifyRequest(
    {
      timestamp: vector.timestamp,
      signature: vector.signature,
      rawBody: Buffer.from(vector.body),
      now: new Date((Number(vectorOf(vector).timestamp) + offsetSeconds) * 1000),
    },
    secrets.map((secret) => ({ secret })),
  );
  return found.length > 0;
}

/** The clock stands at the time of the vector that was altered. */
function vectorOf({ secret }: Vector): Vector {
  return vectors.find((known) => known.secret === secret) ?? vectors[0];
}

describe.each(vectors)('the request signed at $timestamp', (vector) => {
  test('holds for five minutes on both sides of the clock', () => {
    expect([-301, -300, 0, 300, 301].map((offset) => verifies(vector, offset))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('holds with any of several secrets, and with none of others', () => {
    expect(verifies(vector, 0, ['another secret', vector.secret])).toBe(true);
    expect(verifies(vector, 0, ['another secret', ''])).toBe(false);
    expect(verifies(vector, 0, [])).toBe(false);
  });

  test('does not hold once one character of body, time or signature is another', () => {
    const { body, timestamp, signature } = vector;
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('body', 'timestamp', 'signature'), (seed, part) => {
        const text = { body, timestamp, signature }[part];
        const at = seed % text.length;
        const other = text[at] === '0' ? '1' : '0';
        const altered = `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
        expect(verifies({ ...vector, [part]: altered })).toBe(false);
      }),
    );
  });
});

test.each([
  ['no time', { timestamp: undefined }],
  ['an empty time', { timestamp: '' }],
  ['a time with a sign', { timestamp: '+1700000000' }],
  ['a time that is no number', { timestamp: 'NaN' }],
  ['a fraction', { timestamp: '1700000000.0' }],
  ['two times', { timestamp: ['1700000000', '1700000000'] }],
  ['no signature', { signature: undefined }],
  ['a signature of capitals', { signature: vectors[1].signature.toUpperCase() }],
  ['another version', { signature: vectors[1].signature.replace('v0', 'v1') }],
  ['a cut signature', { signature: vectors[1].signature.slice(0, -1) }],
])('%s is refused', (_, altered) => {
  const { timestamp, signature, body, secret } = vectors[1];
  const request = { timestamp, signature, rawBody: Buffer.from(body), now: new Date(1_700_000_000_000), ...altered };
  expect(verifyRequest(request, [{ secret }])).toEqual([]);
});

test('an empty secret never signs', () => {
  const signature = signSlackRequest('', '1700000000', 'payload={}');
  const request = {
    timestamp: '1700000000',
    signature,
    rawBody: Buffer.from('payload={}'),
    now: new Date(1_700_000_000_000),
  };
  expect(verifyRequest(request, [{ secret: '' }])).toEqual([]);
});
