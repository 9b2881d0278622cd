import { expect, test } from 'vitest';
import type { ScorecardReport } from '#scorecards/report-rules.ts';
import { scorecardReport } from './scorecard-report.ts';

const report: ScorecardReport = {
  blueprint: 'app',
  scorecardTitle: 'Production Readiness',
  appUrl: 'https://portal.example.com',
  entityCount: 6,
  levels: [
    { title: 'Gold', count: 1 },
    { title: 'Basic', count: 5 },
  ],
  topTeams: [{ title: 'Backend <!here>', share: 5 / 6 }],
  highestRules: [{ title: 'Has team', share: 1 }],
  lowestRules: [],
};

test('levels, teams and rules stand in their order, an empty list leaves its heading out', () => {
  const { blocks, text } = scorecardReport(report);
  expect(text).toBe('Production Readiness overview report');
  expect(blocks.map((block) => block.text.text)).toEqual([
    '📝 Production Readiness overview report',
    'This is where Production Readiness stands today ⭐',
    '*🚦 Apps by level*',
    '• Gold - 1\n• Basic - 5',
    '*📈 Top teams*\nby rules passed',
    '• Backend &lt;!here&gt; - 83.33%',
    '*✅ Highest scoring rules*',
    '• Has team - 100.00%',
    'See the details in <https://portal.example.com/|Quayside>.',
  ]);
});

test('nothing scored is said in words', () => {
  const { blocks } = scorecardReport(
    { ...report, entityCount: 0, topTeams: [], highestRules: [] },
    { language: 'zh-CN' },
  );
  expect(blocks.map((block) => block.text.text)).toContain('还没有 App 参与评分 😢');
});
