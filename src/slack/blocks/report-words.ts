import type { SlackLanguage } from '../slack-message.ts';

interface ReportWords {
  header(scorecard: string): string;
  summary(scorecard: string): string;
  byLevel(entities: string): string;
  nothingScored(entities: string): string;
  topTeams: string;
  highestRules: string;
  lowestRules: string;
  more(link: (label: string) => string): string;
  fallback(scorecard: string): string;
}

const english: ReportWords = {
  header: (scorecard) => `📝 ${scorecard} overview report`,
  summary: (scorecard) => `This is where ${scorecard} stands today ⭐`,
  byLevel: (entities) => `*🚦 ${entities} by level*`,
  nothingScored: (entities) => `No ${entities} are scored yet 😢`,
  topTeams: '*📈 Top teams*\nby rules passed',
  highestRules: '*✅ Highest scoring rules*',
  lowestRules: '*⚠️ Lowest scoring rules*',
  more: (link) => `See the details in ${link('Quayside')}.`,
  fallback: (scorecard) => `${scorecard} overview report`,
};

const chinese: ReportWords = {
  header: (scorecard) => `📝 ${scorecard} 总览报告`,
  summary: (scorecard) => `${scorecard} 目前的情况如下 ⭐`,
  byLevel: (entities) => `*🚦 各级别的 ${entities} 数量*`,
  nothingScored: (entities) => `还没有 ${entities} 参与评分 😢`,
  topTeams: '*📈 领先的团队*\n按通过的规则比例排列',
  highestRules: '*✅ 得分最高的规则*',
  lowestRules: '*⚠️ 得分最低的规则*',
  more: (link) => `更多详情请见 ${link('Quayside')}。`,
  fallback: (scorecard) => `${scorecard} 总览报告`,
};

export const reportWords: Readonly<Record<SlackLanguage, ReportWords>> = { en: english, 'zh-CN': chinese };
