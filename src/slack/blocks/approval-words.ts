import type { ApprovalState, Through } from '#approvals/approval.ts';
import type { SlackLanguage } from '../slack-message.ts';

/** Names and titles come escaped. */
interface ApprovalWords {
  readonly headers: Readonly<Record<ApprovalState, (title: string) => string>>;
  readonly fallbacks: Readonly<Record<ApprovalState, (title: string) => string>>;
  askedBy(name: string, when: string): string;
  who(names: string): string;
  readonly nobody: string;
  readonly anybody: string;
  readonly administrators: string;
  role(name: string): string;
  team(name: string): string;
  progress(approved: number, needed: number): string;
  readonly everybody: string;
  waitsFor(names: string): string;
  expires(when: string): string;
  /** Who ended it, by which door, when. */
  readonly ended: Readonly<Record<'approved' | 'rejected', (name: string, through: string, when: string) => string>>;
  readonly through: Readonly<Record<Through, string>>;
  expired(when: string): string;
  readonly cancelled: string;
  readonly voided: string;
  /** What an exemption from a rule would mean. */
  readonly exemption: string;
  chosen(input: string): string;
  readonly choose: string;
  readonly open: string;
  readonly decideThere: string;
  readonly withComment: string;
  readonly comment: string;
  readonly commentTitle: string;
  readonly verdict: string;
  readonly send: string;
  readonly confirmTitle: string;
  readonly confirm: Readonly<Record<'approve' | 'reject', (title: string) => string>>;
  readonly confirmBack: string;
  reminder(title: string): string;
  escalated(title: string): string;
  approve(label: string): string;
  reject(label: string): string;
}

const english: ApprovalWords = {
  headers: {
    open: (title) => `⏳ Approval needed: ${title}`,
    approved: (title) => `✅ Approved: ${title}`,
    rejected: (title) => `⛔ Rejected: ${title}`,
    expired: (title) => `⌛ Expired: ${title}`,
    cancelled: (title) => `🚫 Cancelled: ${title}`,
    voided: (title) => `✏️ Changed: ${title}`,
  },
  fallbacks: {
    open: (title) => `Approval needed: ${title}`,
    approved: (title) => `Approved: ${title}`,
    rejected: (title) => `Rejected: ${title}`,
    expired: (title) => `Expired without a decision: ${title}`,
    cancelled: (title) => `Cancelled, nothing to decide any more: ${title}`,
    voided: (title) => `Changed, so this request is no longer asked: ${title}`,
  },
  askedBy: (name, when) => `Asked by *${name}* ${when}`,
  who: (names) => `May decide: ${names}`,
  nobody: 'nobody',
  anybody: 'anybody here',
  administrators: 'administrators',
  role: (name) => `role ${name}`,
  team: (name) => `team ${name}`,
  progress: (approved, needed) => `${approved} of ${needed} approvals`,
  everybody: 'everybody has to approve',
  waitsFor: (names) => `still to approve: ${names}`,
  expires: (when) => `Open until ${when}`,
  ended: {
    approved: (name, through, when) => `✅ *${name}* approved ${through} ${when}`,
    rejected: (name, through, when) => `⛔ *${name}* rejected ${through} ${when}`,
  },
  through: {
    web: 'in the portal',
    api: 'over the API',
    slack: 'in Slack',
    cli: 'on the command line',
    gate: 'over Gate’s API',
    timeout: 'by timeout',
  },
  expired: (when) => `Nobody decided in time. It ended ${when}.`,
  cancelled: 'It was cancelled; there is nothing to decide any more.',
  voided: 'What it was about has changed, so this request is no longer asked.',
  exemption: 'The rule would not count for this entity until then.',
  chosen: (input) => `Chosen: *${input}*`,
  choose: 'Choose one',
  open: 'Open',
  decideThere: 'Open it to decide.',
  withComment: 'Comment…',
  comment: 'Comment',
  commentTitle: 'Decide',
  verdict: 'Your decision',
  send: 'Send',
  confirmTitle: 'Are you sure?',
  confirm: { approve: (title) => `Approve “${title}”?`, reject: (title) => `Reject “${title}”?` },
  confirmBack: 'Go back',
  reminder: (title) => `⏳ Still waiting for a decision: ${title}`,
  escalated: (title) => `⏳ Nobody decided yet, so more people may now: ${title}`,
  approve: (label) => label,
  reject: (label) => label,
};

const chinese: ApprovalWords = {
  headers: {
    open: (title) => `⏳ 待审批：${title}`,
    approved: (title) => `✅ 已批准：${title}`,
    rejected: (title) => `⛔ 已拒绝：${title}`,
    expired: (title) => `⌛ 已过期：${title}`,
    cancelled: (title) => `🚫 已取消：${title}`,
    voided: (title) => `✏️ 内容已变更：${title}`,
  },
  fallbacks: {
    open: (title) => `待审批：${title}`,
    approved: (title) => `已批准：${title}`,
    rejected: (title) => `已拒绝：${title}`,
    expired: (title) => `无人审批，已过期：${title}`,
    cancelled: (title) => `已取消，无需再审批：${title}`,
    voided: (title) => `内容已变更，这项请求不再有效：${title}`,
  },
  askedBy: (name, when) => `由 *${name}* 发起，${when}`,
  who: (names) => `可审批：${names}`,
  nobody: '没有人',
  anybody: '组织中的任何人',
  administrators: '管理员',
  role: (name) => `角色 ${name}`,
  team: (name) => `团队 ${name}`,
  progress: (approved, needed) => `已有 ${approved} 人批准，共需 ${needed} 人`,
  everybody: '需要所有人批准',
  waitsFor: (names) => `还需批准：${names}`,
  expires: (when) => `截止 ${when}`,
  ended: {
    approved: (name, through, when) => `✅ *${name}* ${through}批准，${when}`,
    rejected: (name, through, when) => `⛔ *${name}* ${through}拒绝，${when}`,
  },
  through: {
    web: '在门户中',
    api: '通过 API ',
    slack: '在 Slack 中',
    cli: '通过命令行',
    gate: '通过 Gate API ',
    timeout: '因超时自动',
  },
  expired: (when) => `没有人及时审批，已于 ${when} 结束。`,
  cancelled: '已取消，无需再审批。',
  voided: '审批的内容已变更，这项请求不再有效。',
  exemption: '批准后，该规则在截止日期前对这个实体不计分。',
  chosen: (input) => `选择：*${input}*`,
  choose: '请选择',
  open: '打开',
  decideThere: '打开后即可审批。',
  withComment: '附上评论…',
  comment: '评论',
  commentTitle: '审批',
  verdict: '你的决定',
  send: '提交',
  confirmTitle: '确定吗？',
  confirm: { approve: (title) => `批准“${title}”吗？`, reject: (title) => `拒绝“${title}”吗？` },
  confirmBack: '返回',
  reminder: (title) => `⏳ 仍在等待审批：${title}`,
  escalated: (title) => `⏳ 尚无人审批，现在有更多人可以审批：${title}`,
  approve: (label) => (label === 'Approve' ? '批准' : label),
  reject: (label) => (label === 'Reject' ? '拒绝' : label),
};

export const approvalWords: Readonly<Record<SlackLanguage, ApprovalWords>> = { en: english, 'zh-CN': chinese };
