import type { Problem } from '#platform/problem.ts';
import { escapeMrkdwn } from '../escape-mrkdwn.ts';
import { section, type SlackLanguage, type SlackMessage } from '../slack-message.ts';

type Words = Readonly<Record<string, string>>;

const english: Words = {
  approval_already_decided: 'Somebody else was quicker: it is decided already.',
  approval_expired: 'The time to decide this is over.',
  approval_cancelled: 'This was cancelled; there is nothing to decide any more.',
  approval_voided: 'What this was about has changed, so this request is no longer asked.',
  approval_superseded: 'This was started again, and this message is about the earlier try. Use the newer message.',
  approval_changed: 'What this would do was changed since the message was sent. Look at it again.',
  approval_not_permitted: 'You may not decide this. The message says who may.',
  approval_self: 'You asked for this yourself: somebody else has to decide.',
  approval_already_voted: 'Your decision is counted already; others still have to decide.',
  approval_input_required: 'Choose one of the options in the message first, then press the button again.',
  approval_input_unknown: 'That option is not offered any more. Choose another one.',
  approval_form_late:
    'Slack wants a form to be opened within three seconds, and they were over. Press the button again.',
  approval_other_message: 'This message does not belong to an approval here. Use the current one.',
  not_found: 'This approval does not exist any more, or you may not see it.',
  missing_permissions: 'You may not decide approvals. An administrator of your organisation can change that.',
};

const chinese: Words = {
  approval_already_decided: '已经有人先一步做出了决定。',
  approval_expired: '审批时间已过。',
  approval_cancelled: '已取消，无需再审批。',
  approval_voided: '审批的内容已变更，这项请求不再有效。',
  approval_superseded: '这项任务已重新开始，这条消息属于之前的一次。请使用较新的消息。',
  approval_changed: '消息发出后，内容有了变化，请重新查看。',
  approval_not_permitted: '你无权审批这一项。谁可以审批，消息中有说明。',
  approval_self: '这是你自己发起的，需要由其他人审批。',
  approval_already_voted: '你的决定已经计入，还需要其他人审批。',
  approval_input_required: '请先在消息中选择一个选项，再点击按钮。',
  approval_input_unknown: '这个选项已不可用，请另选一个。',
  approval_form_late: 'Slack 要求在三秒内打开表单，这次超时了，请再点一次按钮。',
  approval_other_message: '这条消息不属于任何有效的审批，请使用最新的消息。',
  not_found: '这项审批已不存在，或者你无权查看。',
  missing_permissions: '你无权审批，请联系组织管理员。',
};

const words: Readonly<Record<SlackLanguage, Words>> = { en: english, 'zh-CN': chinese };

export function decisionRefusalText(code: string, language: SlackLanguage): string {
  return words[language][code] ?? code;
}

/** Why a decision was not taken, for the eyes of whoever pressed. */
export function decisionRefusal(problem: Problem, language: SlackLanguage): SlackMessage {
  const told = words[language][problem.code] ?? problem.message;
  const name = problem.details?.['decidedByName'];
  const by = typeof name === 'string' && name !== '' ? ` (${name})` : '';
  const text = `${told}${escapeMrkdwn(by)}`;
  return { text, blocks: [section(text)] };
}
