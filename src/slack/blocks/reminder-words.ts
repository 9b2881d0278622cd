import type { SlackLanguage } from '../slack-message.ts';

/** What the blueprint's entities are called, escaped; the count picks the English form. */
type EntityName = (count: number) => string;

interface ReminderWords {
  /** `part` is set when the reminder needs several messages. */
  header(scorecard: string, part: { number: number; count: number } | undefined): string;
  intro(name: EntityName, unmet: number): string;
  heading(name: EntityName, unmet: number): string;
  continued: string;
  /** Entities that are not listed. */
  more(count: number): string;
  passed(passed: number, total: number): string;
  fallback(scorecard: string, name: EntityName, unmet: number): string;
}

const english: ReminderWords = {
  header: (scorecard, part) => {
    if (!part) return `🔔 ${scorecard} reminder`;
    const where = `(${part.number} of ${part.count})`;
    return part.number === 1 ? `🔔 ${scorecard} reminder ${where}` : `🔔 ${scorecard} reminder, continued ${where}`;
  },
  intro: (name, unmet) =>
    unmet === 0
      ? `All your ${name(0)} meet their rules. Well done ⭐`
      : `Some of your ${name(2)} have unmet rules.\nOpen a link below to see how to improve it ⭐`,
  heading: (name, unmet) => `*${unmet === 0 ? '✅' : '⚠️'} ${unmet} ${name(unmet)} with unmet rules*`,
  continued: '(continued)',
  more: (count) => `… and ${count} more`,
  passed: (passed, total) => `${passed}/${total} Passed`,
  fallback: (scorecard, name, unmet) => `${scorecard} reminder: ${unmet} ${name(unmet)} with unmet rules`,
};

const chinese: ReminderWords = {
  header: (scorecard, part) => {
    if (!part) return `🔔 ${scorecard} 提醒`;
    const where = `第 ${part.number} 条，共 ${part.count} 条`;
    return part.number === 1 ? `🔔 ${scorecard} 提醒（${where}）` : `🔔 ${scorecard} 提醒（续，${where}）`;
  },
  intro: (name, unmet) =>
    unmet === 0
      ? `你负责的 ${name(1)} 已满足全部规则，做得好 ⭐`
      : `你负责的 ${name(1)} 中，有一些规则尚未满足。\n点开下面的链接，看看怎样改进 ⭐`,
  heading: (name, unmet) => `*${unmet === 0 ? '✅' : '⚠️'} ${unmet} 个 ${name(1)} 有未满足的规则*`,
  continued: '（续）',
  more: (count) => `……还有 ${count} 个`,
  passed: (passed, total) => `已通过 ${passed}/${total}`,
  fallback: (scorecard, name, unmet) => `${scorecard} 提醒：${unmet} 个 ${name(1)} 有未满足的规则`,
};

export const reminderWords: Readonly<Record<SlackLanguage, ReminderWords>> = { en: english, 'zh-CN': chinese };
