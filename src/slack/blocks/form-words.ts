import type { SlackLanguage } from '../slack-message.ts';

/** Names and titles come escaped. */
interface FormWords {
  readonly submit: string;
  readonly cancel: string;
  readonly close: string;
  readonly entity: string;
  readonly choose: string;
  readonly yes: string;
  readonly no: string;
  readonly onePerLine: string;
  readonly asJson: string;
  readonly waits: string;
  readonly secret: string;
  readonly tooLong: string;
  readonly openThere: string;
  readonly needsApproval: string;
  readonly noInputs: string;
  readonly starting: string;
  readonly problem: string;
  started(action: string): string;
  readonly followed: string;
  readonly openRun: string;
}

const english: FormWords = {
  submit: 'Run',
  cancel: 'Cancel',
  close: 'Close',
  entity: 'On which one?',
  choose: 'Choose…',
  yes: 'Yes',
  no: 'No',
  onePerLine: 'One per line',
  asJson: 'As JSON',
  waits: 'can be filled in after what stands above it.',
  secret: 'This action asks for a secret. Secrets are entered in the portal, never in Slack.',
  tooLong: 'This form is too long for Slack. Fill it in in the portal.',
  openThere: 'Open in the portal',
  needsApproval: 'Somebody has to approve it before it begins.',
  noInputs: 'There is nothing to fill in.',
  starting: 'Starting…',
  problem: 'It did not start',
  started: (action) => `*${action}* has started.`,
  followed: 'A direct message follows it to its end.',
  openRun: 'Open the run',
};

const chinese: FormWords = {
  submit: '执行',
  cancel: '取消',
  close: '关闭',
  entity: '对哪一个执行？',
  choose: '请选择…',
  yes: '是',
  no: '否',
  onePerLine: '每行一个',
  asJson: 'JSON 格式',
  waits: '需要先填写上面的内容。',
  secret: '这个操作需要填写机密信息。机密信息请在门户中填写，不要在 Slack 中填写。',
  tooLong: '这个表单对 Slack 来说太长，请在门户中填写。',
  openThere: '在门户中打开',
  needsApproval: '执行前需要有人批准。',
  noInputs: '没有需要填写的内容。',
  starting: '正在启动…',
  problem: '未能启动',
  started: (action) => `*${action}* 已启动。`,
  followed: '会有一条私信跟进，直到结束。',
  openRun: '打开这次执行',
};

export const formWords: Readonly<Record<SlackLanguage, FormWords>> = { en: english, 'zh-CN': chinese };
