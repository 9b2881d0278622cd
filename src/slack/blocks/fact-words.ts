import type { SlackLanguage } from '../slack-message.ts';

/** Labels of facts that this program writes itself; what people named is shown as they named it. */
const chinese: Readonly<Record<string, string>> = {
  Application: '应用',
  Artifact: '制品',
  Calls: '调用',
  Entity: '实体',
  Environment: '环境',
  Pipeline: '流水线',
  Reason: '理由',
  'Reported by': '上报人',
  'Requested by': '发起人',
  Rule: '规则',
  Scorecard: '记分卡',
  Stage: '阶段',
  'Started by': '启动人',
  Until: '截至',
  Version: '版本',
};

const words: Readonly<Record<SlackLanguage, Readonly<Record<string, string>>>> = { en: {}, 'zh-CN': chinese };

export function factLabel(label: string, language: SlackLanguage): string {
  const known = words[language];
  return Object.hasOwn(known, label) ? (known[label] ?? label) : label;
}
