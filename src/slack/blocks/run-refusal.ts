import type { Problem } from '#platform/problem.ts';
import { escapeMrkdwn } from '../escape-mrkdwn.ts';
import type { SlackLanguage } from '../slack-message.ts';

const english: Readonly<Record<string, string>> = {
  missing_permissions: 'You may not execute this action.',
  not_found: 'There is no such action or entity, or you may not see it.',
  action_not_published: 'This action is a draft. It can be executed once it is published.',
  missing_self_service_action_entity: 'Choose what it works on first.',
  entity_does_not_pass_condition: 'This action is not offered for that entity now.',
};

const chinese: Readonly<Record<string, string>> = {
  missing_permissions: '你无权执行这个操作。',
  not_found: '没有这个操作或实体，或者你无权查看。',
  action_not_published: '这个操作还是草稿，发布后才能执行。',
  missing_self_service_action_entity: '请先选择要操作的对象。',
  entity_does_not_pass_condition: '这个操作目前不适用于该实体。',
};

const words: Readonly<Record<SlackLanguage, typeof english>> = { en: english, 'zh-CN': chinese };

/** Why an action was not begun, in mrkdwn. */
export function runRefusal({ code, message }: Problem, language: SlackLanguage): string {
  return words[language][code] ?? escapeMrkdwn(message, 1_000);
}
