import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Approval, ApprovalState } from '#approvals/approval.ts';
import { isJsonObject } from '#platform/json.ts';
import { blockMistakes, viewMistakes } from '#sample/counterparts/slack/slack-block-limits.ts';
import { type ApprovalCard, approvalCard } from './approval-card.ts';
import { approvalNote } from './approval-note.ts';
import { actionList, commandHelp, searchAnswer } from './command-answers.ts';
import { decisionForm } from './decision-form.ts';
import { homeView } from './home-view.ts';
import { linkPreview } from './link-preview.ts';

/** Text that means something to Slack, to the eye, or to a limit: each `&` is five characters there. */
const hostile = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ maxLength, unit: 'grapheme' }),
    fc.constantFrom(
      '',
      ' ',
      '<!channel>',
      '<@U012AB3CD>',
      '<https://evil.example.com|Pay>',
      '@here',
      '`*_~`',
      '\u202e',
    ),
    fc.integer({ min: 0, max: maxLength }).map((length) => '&'.repeat(length)),
    fc.integer({ min: 0, max: maxLength }).map((length) => '😀<!here>'.repeat(length).slice(0, maxLength)),
  );

const names = (most: number): fc.Arbitrary<string[]> => fc.array(hostile(254), { maxLength: most });
const approvers = fc.record({ users: names(30), roles: names(30), teams: names(30) });
const states: readonly ApprovalState[] = ['open', 'approved', 'rejected', 'expired', 'cancelled', 'voided'];
const at = new Date('2026-05-04T10:00:00Z');

const approval: fc.Arbitrary<Approval> = fc
  .record({
    title: hostile(400),
    summary: hostile(6_000),
    kind: fc.constantFrom('run' as const, 'stage' as const, 'constraint' as const, 'exemption' as const),
    facts: fc.array(fc.record({ label: hostile(300), value: hostile(900) }), { maxLength: 20 }),
    link: fc.option(hostile(4_000).map((text) => `/${encodeURIComponent(text.toWellFormed())}`)),
    requestedByName: hostile(300),
    approvers,
    groups: fc.option(fc.array(fc.record({ name: hostile(200), approvers, count: fc.nat(9) }), { maxLength: 20 })),
    labels: fc.record({ approve: hostile(200), reject: hostile(200) }),
    inputs: fc.array(fc.record({ value: hostile(400), label: hostile(400) }), { maxLength: 120 }),
    instructions: fc.option(hostile(6_000)),
    confirm: fc.option(hostile(600)),
    comment: fc.option(hostile(4_000)),
    state: fc.constantFrom(...states),
  })
  .map((given) => ({
    orgId: 'org',
    id: 'apr_1',
    subject: { kind: given.kind, id: 'subject', attempt: 1 },
    title: given.title,
    summary: given.summary,
    facts: given.facts,
    link: given.link,
    contentHash: 'hash',
    requestedBy: 'user',
    requestedByName: given.requestedByName,
    impersonatedBy: null,
    requestedAt: at,
    private: false,
    terms: {
      approvers: given.approvers,
      quorum: given.groups === null ? 'any' : { groups: given.groups },
      allowSelfApproval: false,
      labels: given.labels,
      inputs: given.inputs,
      instructions: given.instructions,
      confirm: given.confirm,
      timeout: { at: at.toISOString(), outcome: 'expire' },
      remindEveryMs: null,
      escalation: null,
      notifications: [],
    },
    state: given.state,
    decision:
      given.state === 'open'
        ? null
        : {
            by: 'user',
            byName: given.requestedByName,
            through: 'slack',
            comment: given.comment,
            input: given.inputs[0]?.value ?? null,
            at: at.toISOString(),
          },
    closedAt: given.state === 'open' ? null : at,
    remindersSent: 0,
    escalatedAt: null,
    dueAt: null,
    version: 1,
    updatedAt: at,
  }));

const card: fc.Arbitrary<ApprovalCard> = fc
  .record({
    approval,
    text: fc.option(hostile(6_000)),
    language: fc.constantFrom('en' as const, 'zh-CN' as const),
    withButtons: fc.boolean(),
  })
  .map((given) => ({
    ...given,
    progress: given.approval.facts.map(({ label }) => ({ group: label, approved: 1, needed: 2 })),
    waiting: given.approval.facts.map(({ label, value }) => ({ name: value, groups: new Set([label]) })),
    publicUrl: 'https://portal.example.com',
    ownLabels: { approve: null, reject: null },
  }));

/** What Slack reads as mrkdwn: the text for notifications, and mrkdwn objects. */
function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (!isJsonObject(value)) return [];
  const own = value['type'] === undefined || value['type'] === 'mrkdwn' ? [value['text']] : [];
  return [...own.filter((text) => typeof text === 'string'), ...Object.values(value).flatMap(mrkdwnIn)];
}

/** No tags but dates and links, and no words that ring. */
function expectQuiet(message: unknown): void {
  for (const text of mrkdwnIn(message)) {
    const tags = [...text.matchAll(/<([^>]*)>/g)].map(([, tag]) => tag ?? '');
    expect(tags.filter((tag) => !/^(!date\^\d+\^|https?:\/\/)/.test(tag))).toEqual([]);
    expect(text).not.toMatch(/@(channel|here|everyone)/i);
    expect(text.isWellFormed()).toBe(true);
  }
}

describe('whatever people call things, Slack takes it and nobody is pinged', () => {
  test('in cards and the notes beside them', () => {
    fc.assert(
      fc.property(card, (given) => {
        const messages = [
          approvalCard(given),
          ...(['ended', 'reminder', 'escalated'] as const).map((kind) => approvalNote(kind, given)),
        ];
        for (const message of messages) {
          expect(blockMistakes(message.blocks)).toEqual([]);
          expectQuiet(message);
        }
      }),
    );
  });

  test('in forms and home tabs', () => {
    fc.assert(
      fc.property(fc.array(card, { minLength: 1, maxLength: 8 }), hostile(400), (cards, text) => {
        const [first] = cards;
        if (first === undefined) return;
        expect(viewMistakes(decisionForm(first, '{}'))).toEqual([]);
        const place = { blueprint: text, entity: text, title: text, scorecard: text };
        const home = homeView({
          approvals: cards.map((each) => each.approval),
          approvalCount: 100,
          failing: Array.from({ length: 8 }, () => ({ ...place, rule: text, level: text, color: '' }) as never),
          runs: [],
          publicUrl: 'https://portal.example.com',
          language: first.language,
          withButtons: true,
          ownLabels: first.ownLabels,
        });
        expect(viewMistakes(home)).toEqual([]);
        expectQuiet(home);
      }),
      { numRuns: 40 },
    );
  });

  test('in answers to commands and previews of links', () => {
    fc.assert(
      fc.property(hostile(300), fc.constantFrom('en' as const, 'zh-CN' as const), (text, language) => {
        const url = `https://portal.example.com/catalog/${encodeURIComponent(text.toWellFormed())}`;
        const hit = { identifier: text, title: text, blueprint: text, url };
        const hits = Array.from({ length: 20 }, (_, index) => ({
          ...hit,
          kind: index % 2 === 0 ? 'action' : 'entity',
        }));
        const found = searchAnswer({ words: text, hits: hits.slice(0, 8), hasMore: true }, language);
        const scorecard = { title: text, levels: Array.from({ length: 50 }, () => ({ title: text })), rules: [] };
        const scorecards = Object.fromEntries(
          Array.from({ length: 9 }, (_, index) => [`${index}${text}`, { level: text }]),
        );
        const entity = { identifier: text, title: text, team: Array.from({ length: 40 }, () => text), scorecards };
        const options = { url, publicUrl: 'https://portal.example.com', language };
        for (const blocks of [
          found.blocks,
          actionList(hits, language).blocks,
          commandHelp(language).blocks,
          linkPreview({ kind: 'scorecard', scorecard }, options),
          linkPreview({ kind: 'entity', blueprint: text, entity: entity as never }, options),
        ]) {
          expect(blockMistakes(blocks)).toEqual([]);
          expectQuiet(blocks);
        }
      }),
    );
  });
});
