import type { IdentityRefusal } from '../identity-rules.ts';
import type { SlackLanguage } from '../slack-message.ts';

interface IdentityWords {
  readonly refusals: Readonly<Record<IdentityRefusal, string>>;
  /** `scope` is Slack's name of a permission. */
  lacksScope(scope: string): string;
  readonly link: string;
  readonly linkHelp: string;
  readonly testTitle: string;
  readonly testText: string;
  readonly testButton: string;
  /** `name` is escaped. */
  tested(name: string): string;
}

const english: IdentityWords = {
  refusals: {
    stranger: 'Only members of this workspace can do this, not people of another one.',
    guest: 'Guests of this workspace cannot do this. A full member can.',
    bot: 'Apps and bots cannot do this.',
    deactivated: 'This Slack account is deactivated.',
    'unknown-person': 'Your Slack account is not linked to an account here yet.',
    removed: 'Your Slack account is no longer linked to an account here.',
    disabled: 'Your account here is not active. An administrator of your organisation can change that.',
    'missing-scope': 'The Slack app may not look up who you are.',
    unavailable: 'Slack did not say who you are. Nothing was done; try again in a moment.',
  },
  lacksScope: (scope) => `An administrator can add the scope \`${scope}\` to the Slack app and reinstall it.`,
  link: 'Link my account',
  linkHelp: 'The link works once and for 15 minutes. Then press the button in the message again.',
  testTitle: 'Slack is connected',
  testText: 'Press the button to see whether clicks arrive, too.',
  testButton: 'Press me',
  tested: (name) => `✅ Your click arrived. You are *${name}* here.`,
};

const chinese: IdentityWords = {
  refusals: {
    stranger: '只有本工作区的成员可以操作，其他工作区的人不行。',
    guest: '本工作区的访客不能操作，请正式成员来处理。',
    bot: '应用和机器人不能操作。',
    deactivated: '这个 Slack 账号已停用。',
    'unknown-person': '你的 Slack 账号还没有关联到这里的账号。',
    removed: '你的 Slack 账号与这里账号的关联已被移除。',
    disabled: '你在这里的账号目前不可用，请联系组织管理员。',
    'missing-scope': 'Slack 应用无权查询你的身份。',
    unavailable: 'Slack 没有告知你的身份，因此什么都没有做。请稍后再试。',
  },
  lacksScope: (scope) => `管理员可以为 Slack 应用添加权限 \`${scope}\`，然后重新安装。`,
  link: '关联我的账号',
  linkHelp: '链接只能使用一次，15 分钟内有效。关联后，请再次点击消息中的按钮。',
  testTitle: 'Slack 已连接',
  testText: '点击按钮，看看点击能否送达。',
  testButton: '点我',
  tested: (name) => `✅ 点击已送达，你在这里是 *${name}*。`,
};

export const identityWords: Readonly<Record<SlackLanguage, IdentityWords>> = { en: english, 'zh-CN': chinese };
