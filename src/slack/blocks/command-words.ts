import type { SlackLanguage } from '../slack-message.ts';

/** Names and titles come escaped. */
interface CommandWords {
  readonly title: string;
  readonly lines: readonly string[];
  readonly lookAt: string;
  found(words: string): string;
  nothing(words: string): string;
  readonly more: string;
  readonly kinds: Readonly<Record<string, string>>;
  readonly run: string;
  readonly actions: string;
  readonly noActions: string;
  readonly tooLate: string;
  readonly openForm: string;
}

const english: CommandWords = {
  title: 'What you can do here',
  lines: [
    '`/quayside &lt;words&gt;` finds services, actions and everything else in the catalog',
    '`/quayside run` lists the actions you may run',
    '`/quayside run &lt;action&gt;` opens the form of an action; add an entity to start with it',
  ],
  lookAt: 'What waits for you stands in the app’s Home tab.',
  found: (words) => `Found for *${words}*`,
  nothing: (words) => `Nothing you may see is called *${words}*.`,
  more: 'There is more. Add a word to narrow it down.',
  kinds: { action: 'action', blueprint: 'blueprint', scorecard: 'scorecard' },
  run: 'Run…',
  actions: 'Actions you may run',
  noActions: 'There is no action you may run.',
  tooLate: 'Slack wants a form to be opened within three seconds, and they were over.',
  openForm: 'Open the form',
};

const chinese: CommandWords = {
  title: '可以这样使用',
  lines: [
    '`/quayside &lt;关键词&gt;` 查找服务、操作以及目录中的其他内容',
    '`/quayside run` 列出你可以执行的操作',
    '`/quayside run &lt;操作&gt;` 打开操作的表单，后面可加上实体',
  ],
  lookAt: '等待你处理的事项，可在应用的“主页”标签中查看。',
  found: (words) => `*${words}* 的查找结果`,
  nothing: (words) => `没有找到你可以查看的 *${words}*。`,
  more: '还有更多结果，可以再加一个关键词。',
  kinds: { action: '操作', blueprint: '蓝图', scorecard: '记分卡' },
  run: '执行…',
  actions: '你可以执行的操作',
  noActions: '目前没有你可以执行的操作。',
  tooLate: 'Slack 要求在三秒内打开表单，这次超时了。',
  openForm: '打开表单',
};

export const commandWords: Readonly<Record<SlackLanguage, CommandWords>> = { en: english, 'zh-CN': chinese };
