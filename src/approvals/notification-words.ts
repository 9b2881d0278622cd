/** What notifications say, by language. Custom texts of who asked are added as they are. */
export interface NotificationWords {
  readonly subjects: {
    readonly awaiting: (title: string) => string;
    readonly reminded: (title: string) => string;
    readonly escalated: (title: string) => string;
    readonly delegated: (title: string) => string;
    readonly approved: (title: string) => string;
    readonly rejected: (title: string) => string;
    readonly expired: (title: string) => string;
  };
  readonly requestedBy: (name: string) => string;
  readonly decidedBy: (name: string) => string;
  readonly until: (instant: string) => string;
  readonly open: string;
  readonly decideThere: string;
}

export type NotificationOccasion = keyof NotificationWords['subjects'];

const en: NotificationWords = {
  subjects: {
    awaiting: (title) => `Approval needed: ${title}`,
    reminded: (title) => `Still waiting for approval: ${title}`,
    escalated: (title) => `Approval escalated to you: ${title}`,
    delegated: (title) => `Approval handed to you: ${title}`,
    approved: (title) => `Approved: ${title}`,
    rejected: (title) => `Rejected: ${title}`,
    expired: (title) => `Expired without a decision: ${title}`,
  },
  requestedBy: (name) => `Requested by ${name}.`,
  decidedBy: (name) => `Decided by ${name}.`,
  until: (instant) => `Decide until ${instant}.`,
  open: 'Open in Quayside:',
  decideThere: 'Opening the link decides nothing.',
};

const zhCn: NotificationWords = {
  subjects: {
    awaiting: (title) => `待审批：${title}`,
    reminded: (title) => `仍在等待审批：${title}`,
    escalated: (title) => `审批已升级给您：${title}`,
    delegated: (title) => `审批已转交给您：${title}`,
    approved: (title) => `已批准：${title}`,
    rejected: (title) => `已拒绝：${title}`,
    expired: (title) => `逾期未决：${title}`,
  },
  requestedBy: (name) => `申请人：${name}。`,
  decidedBy: (name) => `审批人：${name}。`,
  until: (instant) => `请在 ${instant} 之前作出决定。`,
  open: '在 Quayside 中打开：',
  decideThere: '打开链接不会作出任何决定。',
};

export function notificationWords(language: string | undefined): NotificationWords {
  return language === 'zh-CN' ? zhCn : en;
}
