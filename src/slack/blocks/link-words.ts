import type { SlackLanguage } from '../slack-message.ts';

/** What stands beside a title in the preview of a link. Names come escaped. */
interface LinkWords {
  readonly scorecard: string;
  readonly approval: string;
  owned(teams: string): string;
  rules(count: number): string;
  levels(names: string): string;
  startedBy(name: string): string;
}

const english: LinkWords = {
  scorecard: 'Scorecard',
  approval: 'Approval',
  owned: (teams) => `owned by ${teams}`,
  rules: (count) => (count === 1 ? '1 rule' : `${count} rules`),
  levels: (names) => `levels ${names}`,
  startedBy: (name) => `started by ${name}`,
};

const chinese: LinkWords = {
  scorecard: '记分卡',
  approval: '审批',
  owned: (teams) => `归属：${teams}`,
  rules: (count) => `${count} 条规则`,
  levels: (names) => `级别：${names}`,
  startedBy: (name) => `由 ${name} 发起`,
};

export const linkWords: Readonly<Record<SlackLanguage, LinkWords>> = { en: english, 'zh-CN': chinese };
