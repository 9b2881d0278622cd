import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskUrl } from './mask-url.ts';

// Put together at run time, so that no scanner takes the examples for real ones.
const secret = ['aBcD1234', 'eFgH5678', 'iJkL9012'].join('');

test.each([
  [`https://hooks.slack.com/services/T000/B000/${secret}`, 'https://hooks.slack.com/services/…'],
  [`https://hooks.slack.com/actions/T000/123/${secret}`, 'https://hooks.slack.com/actions/…'],
  [`http://127.0.0.1:4001/services/T000/B000/${secret}`, 'http://127.0.0.1:4001/services/…'],
  [`https://discord.com/api/webhooks/123/${secret}`, 'https://discord.com/api/webhooks/…'],
  [`https://user:${secret}@example.com/a`, 'https://example.com/a'],
  [`https://example.com/a?token=${secret}&ref=main#${secret}`, 'https://example.com/a?token=…&ref=…'],
  [`https://example.com/hook/${secret}/x`, 'https://example.com/hook/…/x'],
  ['https://example.com:8443/v1/services/checkout-api', 'https://example.com:8443/v1/services/checkout-api'],
  [
    'https://api.github.com/repos/acme/payments/actions/workflows/deploy.yml/dispatches',
    'https://api.github.com/repos/acme/payments/actions/workflows/deploy.yml/dispatches',
  ],
  ['https://example.com/services/checkout', 'https://example.com/services/checkout'],
  [`mailto:${secret}`, 'mailto:…'],
  [`not an address ${secret}`, '(unreadable address)'],
])('%s is shown as %s', (address, shown) => {
  expect(maskUrl(address)).toBe(shown);
  expect(maskUrl(address)).not.toContain(secret);
});

test('never shows a query value, a user name or a fragment', () => {
  const value = fc.stringMatching(/^[a-z]{12}$/);
  fc.assert(
    fc.property(value, value, value, value, (user, password, query, fragment) => {
      const shown = maskUrl(`https://${user}:${password}@example.com/p?q=${query}#${fragment}`);
      expect(shown).toBe('https://example.com/p?q=…');
    }),
  );
});
