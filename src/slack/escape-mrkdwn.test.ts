import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMrkdwn, escapePlainText, mrkdwnLink, oneLine } from './escape-mrkdwn.ts';

/** Any UTF-16 unit, halves of characters included, and often one that means something to Slack or to the eye. */
const anyUnit = fc.oneof(
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  fc.constantFrom(...'<>&|!@#*_~`:\n\u202e\u2066\u200f\u2028 '.split('')),
);

describe('escapeMrkdwn', () => {
  test.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U012AB3CD>', '&lt;@U012AB3CD&gt;'],
    ['<https://evil.example.com|Pay now>', '&lt;https://evil.example.com|Pay now&gt;'],
    ['R&D', 'R&amp;D'],
    ['&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['`rm -rf`', 'ˋrm -rfˋ'],
    ['*bold* ~gone~', '∗bold∗ ∼gone∼'],
    ['_italic_ my_service', 'ˍitalicˍ my_service'],
    ['two\nlines\tand\u2028more', 'two lines and more'],
    ['\u202egnp.exe\u202c\u200f', 'gnp.exe'],
    ['通知 服务', '通知 服务'],
    ['👩‍💻 team', '👩‍💻 team'],
  ])('%s is shown as %s', (text, expected) => {
    expect(escapeMrkdwn(text)).toBe(expected);
  });

  test('group mentions typed as words lose their power, addresses keep theirs', () => {
    expect(escapeMrkdwn('@here ops@example.com @channels')).toBe('@\u2060here ops@example.com @channels');
    expect(escapeMrkdwn('@CHANNEL')).not.toMatch(/@channel/i);
  });

  test('whatever the text, nothing is left that Slack would read as a tag or a format', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (text) => {
        const shown = escapeMrkdwn(text);
        expect(shown).not.toMatch(/[<>`*~\n\r\u202a-\u202e\u2066-\u2069]/);
        expect(shown.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});

test('a text cut short never ends in half a character', () => {
  expect(oneLine('😀😀😀', 4)).toBe('😀…');
  expect(oneLine('exactly', 7)).toBe('exactly');
});

test('plain text keeps ampersands and has no angle brackets to misread', () => {
  expect(escapePlainText('R&D <!channel> @here')).toBe('R&D ‹!channel› ＠here');
});

describe('mrkdwnLink', () => {
  test('neither address nor label can end the link early', () => {
    expect(mrkdwnLink('https://portal.example.com/?a=1&b=|<x>', 'A|B > C')).toBe(
      '<https://portal.example.com/?a=1&amp;b=%7C%3Cx%3E|A|B &gt; C>',
    );
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', '!channel', '@U012AB3CD', ''])('%s is no link', (url) => {
    expect(mrkdwnLink(url, 'Label')).toBe('Label');
  });
});
