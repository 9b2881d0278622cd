import { escapeMrkdwn } from '../escape-mrkdwn.ts';
import { plain, section } from '../slack-message.ts';
import { approvalWords } from './approval-words.ts';
import { choiceOptions, decisionLabel, type WordedApproval } from './decision-elements.ts';
import { cut, type SlackView, type ViewBlock, viewLimits } from './slack-view.ts';

export const decisionFormId = 'quayside:decide';
/** Blocks of the form, by what they ask. */
export const decisionBlocks = { verdict: 'verdict', choice: 'choice', comment: 'comment' } as const;

const longestComment = 3_000;
const action_id = 'value';

/** A decision with a comment, as a form. `metadata` says what it is about; it permits nothing. */
export function decisionForm(asked: WordedApproval, metadata: string): SlackView {
  const { approval, language } = asked;
  const words = approvalWords[language];
  const { inputs } = approval.terms;
  const verdicts = (['approve', 'reject'] as const).map((value) => ({ text: decisionLabel(value, asked), value }));
  const choice: ViewBlock = {
    type: 'input',
    block_id: decisionBlocks.choice,
    label: plain(words.choose),
    optional: true,
    element: { type: 'static_select', action_id, placeholder: plain(words.choose), options: choiceOptions(inputs) },
  };
  return {
    type: 'modal',
    callback_id: decisionFormId,
    title: plain(cut(words.commentTitle, viewLimits.title)),
    submit: plain(words.send),
    close: plain(words.confirmBack),
    private_metadata: metadata,
    blocks: [
      section(`*${escapeMrkdwn(approval.title)}*`),
      {
        type: 'input',
        block_id: decisionBlocks.verdict,
        label: plain(words.verdict),
        optional: false,
        element: { type: 'radio_buttons', action_id, options: verdicts },
      },
      ...(inputs.length === 0 ? [] : [choice]),
      {
        type: 'input',
        block_id: decisionBlocks.comment,
        label: plain(words.comment),
        optional: true,
        element: { type: 'plain_text_input', action_id, multiline: true, max_length: longestComment },
      },
    ],
  };
}
