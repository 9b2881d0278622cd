import type { RunStatus } from '#runs/run.ts';
import type { SlackLanguage } from '../slack-message.ts';

/** Names come escaped. */
interface RunWords {
  readonly states: Readonly<Record<RunStatus, string>>;
  on(entity: string): string;
}

const english: RunWords = {
  states: {
    IN_PROGRESS: 'running',
    WAITING_FOR_APPROVAL: 'waiting for approval',
    SUCCESS: 'succeeded',
    FAILURE: 'failed',
    DECLINED: 'declined',
  },
  on: (entity) => `on ${entity}`,
};

const chinese: RunWords = {
  states: {
    IN_PROGRESS: '执行中',
    WAITING_FOR_APPROVAL: '等待批准',
    SUCCESS: '成功',
    FAILURE: '失败',
    DECLINED: '已拒绝',
  },
  on: (entity) => `对象：${entity}`,
};

export const runWords: Readonly<Record<SlackLanguage, RunWords>> = { en: english, 'zh-CN': chinese };
