import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectReminder, type ReminderSelection, type ScoredEntity } from '#scorecards/reminder-rules.ts';
import { scorecardReminder } from './scorecard-reminder.ts';

const scorecard = {
  identifier: 'ProductionReadiness',
  title: 'Production Readiness',
  levels: [{ title: 'Basic' }, { title: 'Bronze' }, { title: 'Silver' }, { title: 'Gold' }],
  rules: [{ identifier: 'hasOwner' }, { identifier: 'hasReadme' }],
};
const context = { blueprint: 'service', appUrl: 'https://portal.example.com' };

function entity(identifier: string, title: string, level: string, statuses: string[]): ScoredEntity {
  const rules = statuses.map((status, n) => ({ identifier: `rule${n}`, status, level: 'Bronze' }));
  return { identifier, title, scorecards: { ProductionReadiness: { level, rules } } };
}

const catalog = [
  entity('frontend', 'Frontend', 'Silver', ['SUCCESS', 'FAILURE']),
  entity('backend', 'Backend', 'Bronze', ['FAILURE', 'FAILURE']),
  entity('finance', 'Finance & Tax', 'Bronze', ['SUCCESS', 'FAILURE']),
  entity('exporter', 'Exporter', 'Basic', ['FAILURE', 'FAILURE']),
  entity('billing', 'Billing', 'Gold', ['SUCCESS', 'SUCCESS']),
];

/** Titles as messages link them, in order. */
const linked = (messages: ReturnType<typeof scorecardReminder>) =>
  messages.flatMap((message) =>
    message.blocks.flatMap((block) =>
      [...block.text.text.matchAll(/^• <[^|>]*identifier=([^|>]*)\|/gm)].map((m) => m[1]),
    ),
  );

function manyUnmet(count: number, title = (n: number) => `Service ${n}`): ReminderSelection {
  const entities = Array.from({ length: count }, (_, n) =>
    entity(`s${n}`, title(n), ['Basic', 'Bronze', 'Silver'][n % 3] ?? 'Basic', ['SUCCESS', 'FAILURE']),
  );
  return selectReminder(entities, scorecard, context);
}

describe('the reminder of a small catalog', () => {
  test('in English', () => {
    const messages = scorecardReminder(selectReminder(catalog, scorecard, context));
    expect(messages).toEqual([
      {
        text: 'Production Readiness reminder: 4 Services with unmet rules',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: '🔔 Production Readiness reminder', emoji: true } },
          mrkdwn('Some of your Services have unmet rules.\nOpen a link below to see how to improve it ⭐'),
          mrkdwn('*⚠️ 4 Services with unmet rules*'),
          mrkdwn('*Silver*\n• <https://portal.example.com/serviceEntity?identifier=frontend|Frontend> - `1/2 Passed`'),
          mrkdwn(
            '*Bronze*\n' +
              '• <https://portal.example.com/serviceEntity?identifier=finance|Finance &amp; Tax> - `1/2 Passed`\n' +
              '• <https://portal.example.com/serviceEntity?identifier=backend|Backend> - `0/2 Passed`',
          ),
          mrkdwn('*Basic*\n• <https://portal.example.com/serviceEntity?identifier=exporter|Exporter> - `0/2 Passed`'),
        ],
      },
    ]);
  });

  test('in Chinese', () => {
    const [message] = scorecardReminder(selectReminder(catalog, scorecard, context), { language: 'zh-CN' });
    expect(message?.blocks.map((block) => block.text.text).slice(0, 4)).toEqual([
      '🔔 Production Readiness 提醒',
      '你负责的 Service 中，有一些规则尚未满足。\n点开下面的链接，看看怎样改进 ⭐',
      '*⚠️ 4 个 Service 有未满足的规则*',
      '*Silver*\n• <https://portal.example.com/serviceEntity?identifier=frontend|Frontend> - `已通过 1/2`',
    ]);
    expect(message?.text).toBe('Production Readiness 提醒：4 个 Service 有未满足的规则');
  });
});

test('no entities at all: nothing is sent', () => {
  expect(scorecardReminder(selectReminder([], scorecard, context))).toEqual([]);
});

test('everybody passes: the message still goes out and says so', () => {
  const [message, ...rest] = scorecardReminder(selectReminder(catalog.slice(-1), scorecard, context));
  expect(rest).toEqual([]);
  expect(message?.blocks.map((block) => block.text.text)).toEqual([
    '🔔 Production Readiness reminder',
    'All your Services meet their rules. Well done ⭐',
    '*✅ 0 Services with unmet rules*',
  ]);
});

test('one entity is spoken of in the singular', () => {
  const [message] = scorecardReminder(selectReminder(catalog.slice(0, 1), scorecard, context));
  expect(message?.text).toBe('Production Readiness reminder: 1 Service with unmet rules');
});

describe('under Slack’s limits', () => {
  test('port-sender defect: the last section stays within 3,000 characters too', () => {
    const messages = scorecardReminder(manyUnmet(300));
    const lengths = messages.flatMap((message) => message.blocks.map((block) => block.text.text.length));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3000);
    expect(new Set(linked(messages)).size).toBe(300);
  });

  test('port-sender defect: more than fifty blocks become several messages that say so', () => {
    const entities = Array.from({ length: 120 }, (_, n) => entity(`s${n}`, `S${n}`, `Level ${n}`, ['FAILURE']));
    const messages = scorecardReminder(selectReminder(entities, scorecard, context));
    expect(messages.length).toBeGreaterThan(2);
    expect(messages.every((message) => message.blocks.length <= 50)).toBe(true);
    expect(messages[0]?.blocks[0]?.text.text).toBe(`🔔 Production Readiness reminder (1 of ${messages.length})`);
    expect(messages[1]?.blocks[0]?.text.text).toBe(
      `🔔 Production Readiness reminder, continued (2 of ${messages.length})`,
    );
  });

  test('a level that runs over into the next message is named there again', () => {
    const messages = scorecardReminder(manyUnmet(400));
    const firstSection = messages[1]?.blocks[1]?.text.text ?? '';
    expect(firstSection).toMatch(/^\*(Basic|Bronze|Silver)\* \(continued\)\n• </);
  });

  test('an identifier too long for a link still appears by its title', () => {
    const selection = selectReminder([entity('é'.repeat(900), 'Café', 'Basic', ['FAILURE'])], scorecard, context);
    expect(scorecardReminder(selection)[0]?.blocks[3]?.text.text).toBe('*Basic*\n• Café - `0/1 Passed`');
  });
});

/** Any UTF-16 unit, halves of characters included, and often one that means something to Slack or to the eye. */
const anyUnit = fc.oneof(
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  fc.constantFrom(...'<>&|!@#*_~`:\n\u202e\u2066\u200f\u2028 '.split('')),
);

const anyTitle = fc.oneof(
  fc.string({ unit: anyUnit, maxLength: 400 }),
  fc.constantFrom(
    '<!channel>',
    '<@U012AB3CD>',
    '<https://x.example.com|y>',
    '@here',
    '`',
    '*',
    '\u202e',
    '&'.repeat(300),
  ),
);
const anyEntity = fc.record({
  title: anyTitle,
  level: fc.oneof(fc.constantFrom('Basic', 'Bronze', 'Silver'), anyTitle),
  passed: fc.nat(3),
});

test('whatever the catalog holds: limits kept, every selected entity exactly once, nobody pinged', () => {
  fc.assert(
    fc.property(
      fc.array(anyEntity, { minLength: 1, maxLength: 120 }),
      fc.string({ unit: anyUnit, minLength: 1 }),
      anyTitle,
      fc.constantFrom('en' as const, 'zh-CN' as const),
      (rows, blueprint, scorecardTitle, language) => {
        const entities = rows.map(({ title, level, passed }, n) =>
          entity(
            `id-${n}`,
            title,
            level,
            Array.from({ length: 4 }, (_, r) => (r < passed ? 'SUCCESS' : 'FAILURE')),
          ),
        );
        const selection = selectReminder(entities, { ...scorecard, title: scorecardTitle }, { ...context, blueprint });
        const messages = scorecardReminder(selection, { language });

        const expected = selection.groups.flatMap((group) => group.entries.map((entry) => entry.identifier));
        expect(linked(messages)).toEqual(expected);
        for (const message of messages) {
          expect(message.blocks.length).toBeLessThanOrEqual(50);
          expect(sum(message.blocks.map((block) => block.text.text.length))).toBeLessThanOrEqual(10_000);
          for (const { type, text } of message.blocks) {
            expect(text.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
            expect(text.text.length).toBeGreaterThan(0);
            expectNoPing(text.text);
          }
          expectNoPing(message.text);
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Outside our own links to the portal no tag may open, and no group may be called by name. */
function expectNoPing(text: string): void {
  const rest = text.replace(/<https:\/\/portal\.example\.com\/[^<>|]*\|[^<>]*>/g, '');
  expect(rest).not.toMatch(/[<>]/);
  expect(text).not.toMatch(/@(channel|here|everyone)\b/i);
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
}

function mrkdwn(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
