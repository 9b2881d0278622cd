import { createHash } from 'node:crypto';
import type { Approval, ApprovalInput } from '#approvals/approval.ts';
import { escapePlainText } from '../escape-mrkdwn.ts';
import { plain, type PlainText, type SlackButton, type SlackSelect } from '../slack-message.ts';
import type { ApprovalCard } from './approval-card.ts';
import { approvalWords } from './approval-words.ts';
import { type SlackOption, viewLimits } from './slack-view.ts';

export const approvalActions = {
  approve: 'approval:approve',
  reject: 'approval:reject',
  choice: 'approval:choice',
  /** Opens a form for a decision with a comment. */
  comment: 'approval:comment',
} as const;

/** What an approval's buttons are worded by. */
export type WordedApproval = Pick<ApprovalCard, 'approval' | 'language' | 'ownLabels'>;

/** What a request has that names no words of its own. */
const usualLabels = { approve: 'Approve', reject: 'Reject' } as const;
const labelRoom = 70;
const answerRoom = 30;
const questionRoom = 280;
const urlRoom = 3_000;

/** What is chosen and pressed to decide, as the request words it. */
export function decisionElements(card: WordedApproval, url: string | null): readonly (SlackButton | SlackSelect)[] {
  const { approval, language } = card;
  const words = approvalWords[language];
  const { inputs } = approval.terms;
  // What was shown, so that a card of an earlier attempt or content judges nothing. It permits nothing.
  const value = JSON.stringify({ id: approval.id, attempt: approval.subject.attempt, hash: approval.contentHash });
  const button = { type: 'button', value } as const;
  const open = { type: 'button', action_id: 'quayside:open', text: plain(words.open) } as const;
  return [
    ...(inputs.length === 0 ? [] : [selectOf(inputs, words.choose)]),
    {
      ...button,
      action_id: approvalActions.approve,
      text: decisionLabel('approve', card),
      style: 'primary',
      ...confirmation('approve', card),
    },
    {
      ...button,
      action_id: approvalActions.reject,
      text: decisionLabel('reject', card),
      style: 'danger',
      ...confirmation('reject', card),
    },
    { ...button, action_id: approvalActions.comment, text: plain(words.withComment) },
    ...(url === null || url.length > urlRoom ? [] : [{ ...open, url }]),
  ];
}

/** The word on a button: the request's own, else the organisation's, else the usual one. */
export function decisionLabel(
  verb: 'approve' | 'reject',
  { approval, language, ownLabels }: WordedApproval,
): PlainText {
  const asked = approval.terms.labels[verb];
  const own = asked === usualLabels[verb] ? ownLabels[verb] : null;
  return plain(escapePlainText(own ?? approvalWords[language][verb](asked), labelRoom) || '…');
}

/** A tap by accident decides nothing where the request asks once more. Its own question is in no language but its own. */
function confirmation(verb: 'approve' | 'reject', card: WordedApproval): Partial<SlackButton> {
  const { approval, language } = card;
  const { confirm } = approval.terms;
  if (confirm === null) return {};
  const words = approvalWords[language];
  const own = verb === 'approve' && language === 'en' ? escapePlainText(confirm, questionRoom) : '';
  return {
    confirm: {
      title: plain(words.confirmTitle),
      text: plain(own || words.confirm[verb](escapePlainText(approval.title, questionRoom - 80))),
      confirm: plain(decisionLabel(verb, card).text.slice(0, answerRoom).toWellFormed()),
      deny: plain(words.confirmBack),
    },
  };
}

function selectOf(inputs: readonly ApprovalInput[], placeholder: string): SlackSelect {
  return {
    type: 'static_select',
    action_id: approvalActions.choice,
    placeholder: plain(placeholder),
    options: choiceOptions(inputs),
  };
}

/** The options of a request, each once. */
export function choiceOptions(inputs: readonly ApprovalInput[]): readonly SlackOption[] {
  const options = inputs.map(({ value, label }) => {
    const text = plain(escapePlainText(label ?? value, labelRoom) || '…');
    return [optionValue(value), text] as const;
  });
  return [...new Map(options)].slice(0, viewLimits.options).map(([value, text]) => ({ text, value }));
}

/** Slack takes short values only, so a long option goes by its hash. */
function optionValue(value: string): string {
  if (value !== '' && value.length <= viewLimits.optionValue) return value;
  return `sha256:${createHash('sha256').update(value).digest('base64url')}`;
}

/** The option of a request that was chosen; what it does not offer is given back as it is, and refused by the rules. */
export function chosenInput({ terms }: Approval, chosen: string | null): string | null {
  return terms.inputs.find(({ value }) => optionValue(value) === chosen)?.value ?? chosen;
}
