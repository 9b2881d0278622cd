import type { ExecutionStatus } from '#pipelines/execution-rules.ts';
import type { SlackLanguage } from '../slack-message.ts';

/** What stands beside a title in the preview of a link. Names come escaped. */
interface LinkWords {
  readonly scorecard: string;
  readonly approval: string;
  owned(teams: string): string;
  rules(count: number): string;
  levels(names: string): string;
  startedBy(name: string): string;
  readonly application: string;
  pipelines(count: number): string;
  awaiting(count: number): string;
  readonly executionStates: Readonly<Record<ExecutionStatus, string>>;
  /** Names of stages that wait for a decision. */
  awaits(stages: string): string;
  /** Names of stages that run. */
  stands(stages: string): string;
}

const english: LinkWords = {
  scorecard: 'Scorecard',
  approval: 'Approval',
  owned: (teams) => `owned by ${teams}`,
  rules: (count) => (count === 1 ? '1 rule' : `${count} rules`),
  levels: (names) => `levels ${names}`,
  startedBy: (name) => `started by ${name}`,
  application: 'Application',
  pipelines: (count) => (count === 1 ? '1 pipeline' : `${count} pipelines`),
  awaiting: (count) => (count === 1 ? '1 execution waits for a decision' : `${count} executions wait for a decision`),
  executionStates: {
    NOT_STARTED: '⏳ not started',
    RUNNING: '▶️ running',
    PAUSED: '⏸️ paused',
    SUCCEEDED: '✅ succeeded',
    TERMINAL: '❌ failed',
    CANCELED: '⛔ cancelled',
  },
  awaits: (stages) => `waits for a decision at *${stages}*`,
  stands: (stages) => `at *${stages}*`,
};

const chinese: LinkWords = {
  scorecard: '记分卡',
  approval: '审批',
  owned: (teams) => `归属：${teams}`,
  rules: (count) => `${count} 条规则`,
  levels: (names) => `级别：${names}`,
  startedBy: (name) => `由 ${name} 发起`,
  application: '应用',
  pipelines: (count) => `${count} 条流水线`,
  awaiting: (count) => `${count} 次执行等待决定`,
  executionStates: {
    NOT_STARTED: '⏳ 未开始',
    RUNNING: '▶️ 执行中',
    PAUSED: '⏸️ 已暂停',
    SUCCEEDED: '✅ 成功',
    TERMINAL: '❌ 失败',
    CANCELED: '⛔ 已取消',
  },
  awaits: (stages) => `在 *${stages}* 等待决定`,
  stands: (stages) => `正在 *${stages}*`,
};

export const linkWords: Readonly<Record<SlackLanguage, LinkWords>> = { en: english, 'zh-CN': chinese };
