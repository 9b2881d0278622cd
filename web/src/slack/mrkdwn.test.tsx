import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, it, vi } from 'vitest';
import { mrkdwn } from './mrkdwn.tsx';

beforeAll(() => {
  vi.stubGlobal('location', { origin: 'https://quayside.example.com' });
});

it.each([
  ['*bold* and _slanted_ and ~gone~', '<strong>bold</strong> and <em>slanted</em> and <s>gone</s>'],
  [':bell: 5 Services', '🔔 5 Services'],
  [':no_such_emoji:', ':no_such_emoji:'],
  ['`*code*`', '<code>*code*</code>'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['a &amp; b &lt;c&gt;', 'a &amp; b &lt;c&gt;'],
  ['<https://quayside.example.com/runs/r_1?tab=log|the run>', '<a href="/runs/r_1?tab=log">the run</a>'],
  [
    '<https://other.example.com/x>',
    '<a href="https://other.example.com/x" target="_blank" rel="noreferrer">https://other.example.com/x</a>',
  ],
  ['<javascript:alert(1)|press me>', 'press me'],
])('%s', (text, html) => {
  expect(renderToStaticMarkup(<>{mrkdwn(text)}</>)).toBe(html);
});

it('leaves mark-up in words as text', () => {
  expect(renderToStaticMarkup(<>{mrkdwn('<script>alert(1)</script>')}</>)).not.toContain('<script');
});
