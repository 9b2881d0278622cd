import { expect, it } from 'vitest';
import { blockMistakes } from './slack-block-limits.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });

it.each([
  [
    'a header of 151',
    [{ type: 'header', text: plain(151) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a section of 3001',
    [{ type: 'section', text: plain(3001) }],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'an empty section',
    [{ type: 'section', text: plain(0) }],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['a section without text', [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'a field of 2001',
    [{ type: 'section', fields: [plain(2001)] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    '11 fields',
    [{ type: 'section', fields: Array(11).fill(plain(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    '11 context elements',
    [{ type: 'context', elements: Array(11).fill(plain(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '26 buttons',
    [{ type: 'actions', elements: Array(26).fill({ type: 'button', text: plain(1) }) }],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button label of 76',
    [{ type: 'actions', elements: [{ type: 'button', text: plain(76) }] }],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  ['51 blocks', Array(51).fill({ type: 'divider' }), 'no more than 50 items allowed [json-pointer:/blocks]'],
  ['no list', { type: 'divider' }, 'must be an array [json-pointer:/blocks]'],
  ['a block without type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
])('refuses %s', (_name, blocks, mistake) => {
  expect(blockMistakes(blocks)).toEqual([mistake]);
  expect(blockMistakes(JSON.stringify(blocks))).toEqual([mistake]);
});

it('lets the limits themselves pass', () => {
  const blocks = [
    { type: 'header', text: plain(150) },
    { type: 'section', text: plain(3000), fields: Array(10).fill(plain(2000)) },
    { type: 'actions', elements: Array(25).fill({ type: 'button', text: plain(75) }) },
    ...Array(47).fill({ type: 'divider' }),
  ];
  expect(blockMistakes(blocks)).toEqual([]);
  expect(blockMistakes(undefined)).toEqual([]);
});
