import { expect, it } from 'vitest';
import { blockMistakes, viewMistakes } from './slack-block-limits.ts';

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
  [
    'a context text of 3001',
    [{ type: 'context', elements: [plain(3001)] }],
    'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/text]',
  ],
  [
    'an option value of 151',
    [{ type: 'actions', elements: [{ type: 'static_select', options: [{ text: plain(1), value: 'x'.repeat(151) }] }] }],
    'must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
  ],
  [
    'a menu without options',
    [{ type: 'actions', elements: [{ type: 'static_select', options: [] }] }],
    'no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a question of 301',
    [{ type: 'actions', elements: [{ type: 'button', text: plain(1), confirm: { text: plain(301) } }] }],
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'two buttons of one name',
    [{ type: 'actions', elements: Array(2).fill({ type: 'button', action_id: 'a', text: plain(1) }) }],
    '`action_id` already exists [json-pointer:/blocks/0/elements]',
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

it.each([
  ['a title of 25', { title: plain(25), blocks: [] }, 'must be less than 25 characters [json-pointer:/title/text]'],
  [
    '101 blocks',
    { blocks: Array(101).fill({ type: 'divider' }) },
    'no more than 100 items allowed [json-pointer:/blocks]',
  ],
  [
    'an input with a hint of 2001',
    { blocks: [{ type: 'input', label: plain(1), hint: plain(2001), element: { type: 'plain_text_input' } }] },
    'must be less than 2001 characters [json-pointer:/blocks/0/hint/text]',
  ],
])('refuses a view with %s', (_name, view, mistake) => {
  expect(viewMistakes(view)).toEqual([mistake]);
});
