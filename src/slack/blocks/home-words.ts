import type { SlackLanguage } from '../slack-message.ts';

/** Names and titles come escaped. */
interface HomeWords {
  readonly approvals: string;
  readonly noApprovals: string;
  more(count: number): string;
  readonly fixes: string;
  readonly noFixes: string;
  fix(rule: string, level: string): string;
  readonly runs: string;
  readonly noRuns: string;
  readonly open: string;
  readonly inbox: string;
  readonly hint: string;
}

const english: HomeWords = {
  approvals: 'Waiting for you',
  noApprovals: 'Nothing waits for your decision.',
  more: (count) => `and ${count} more in the portal`,
  fixes: 'Next fixes of your services',
  noFixes: 'No service of your teams fails a rule.',
  fix: (rule, level) => `*${rule}* (${level})`,
  runs: 'Your last runs',
  noRuns: 'You have not run anything yet. Try `/quayside run`.',
  open: 'Open the portal',
  inbox: 'All approvals',
  hint: '`/quayside &lt;words&gt;` finds anything  ·  `/quayside run` runs actions',
};

const chinese: HomeWords = {
  approvals: '等待你处理',
  noApprovals: '没有需要你审批的事项。',
  more: (count) => `门户中还有 ${count} 项`,
  fixes: '你的服务接下来该改进的地方',
  noFixes: '你所在团队的服务都符合规则。',
  fix: (rule, level) => `*${rule}*（${level}）`,
  runs: '你最近的执行',
  noRuns: '你还没有执行过操作，可以试试 `/quayside run`。',
  open: '打开门户',
  inbox: '所有审批',
  hint: '`/quayside &lt;关键词&gt;` 查找内容  ·  `/quayside run` 执行操作',
};

export const homeWords: Readonly<Record<SlackLanguage, HomeWords>> = { en: english, 'zh-CN': chinese };
