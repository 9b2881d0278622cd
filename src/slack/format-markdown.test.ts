import { expect, test } from 'vitest';
import { formatMarkdown } from './format-markdown.ts';

test.each([
  ['**bold** and *slanted*, `a * b`', '*bold* and _slanted_, `a ∗ b`'],
  ['## Heading **x**', '*Heading x*'],
  ['- one\n- two', '• one\n• two'],
  ['[the plan](https://example.com/a?b=1&c=2)', '<https://example.com/a?b=1&amp;c=2|the plan>'],
  ['[press](javascript:alert(1))', 'press)'],
  ['<b>bold</b> <script>alert(1)</script>', 'bold alert(1)'],
  ['<!channel> @here & <https://example.com|x>', '&lt;!channel&gt; @\u2060here &amp; &lt;https://example.com|x&gt;'],
  ['2 * 3 * 4 snake_case_name', '2 ∗ 3 ∗ 4 snake_case_name'],
  ['a\n\n\n\n\nb', 'a\n\nb'],
])('%j reads %j', (markdown, mrkdwn) => {
  expect(formatMarkdown(markdown, 1_000)).toBe(mrkdwn);
});

test('what is too long is cut at a line, with a sign', () => {
  const text = formatMarkdown(Array.from({ length: 100 }, () => 'word '.repeat(20)).join('\n'), 500);
  expect(text.length).toBeLessThanOrEqual(500);
  expect(text).toMatch(/word…$/);
});
