import { escapeMrkdwn, linkWithin } from '../escape-mrkdwn.ts';
import {
  actions,
  context,
  plain,
  section,
  type SlackBlock,
  type SlackButton,
  type SlackLanguage,
  type SlackMessage,
} from '../slack-message.ts';
import { commandWords } from './command-words.ts';

export const runAction = 'quayside:run';

export interface ShownHit {
  readonly kind: string;
  readonly identifier: string;
  readonly title: string;
  readonly blueprint: string | null;
  readonly url: string;
}

/** What a button for a form tells when it is pressed; it permits nothing. */
export interface ButtonTarget {
  readonly action: string;
  readonly entity: string | null;
}

export function commandHelp(language: SlackLanguage): SlackMessage {
  const { title, lines, lookAt } = commandWords[language];
  return { text: title, blocks: [section([`*${title}*`, ...lines].join('\n')), context(lookAt)] };
}

/** What was found, closest first; actions with a button that opens their form. */
export function searchAnswer(
  found: { readonly words: string; readonly hits: readonly ShownHit[]; readonly hasMore: boolean },
  language: SlackLanguage,
): SlackMessage {
  const words = commandWords[language];
  const asked = escapeMrkdwn(found.words);
  if (found.hits.length === 0) {
    const text = words.nothing(asked);
    return { text, blocks: [section(text)] };
  }
  const more = found.hasMore ? [context(words.more)] : [];
  const text = words.found(asked);
  return { text, blocks: [section(text), ...found.hits.flatMap((hit) => hitBlocks(hit, language)), ...more] };
}

function hitBlocks(hit: ShownHit, language: SlackLanguage): readonly SlackBlock[] {
  const words = commandWords[language];
  const kind = hit.kind === 'entity' ? (hit.blueprint ?? '') : (words.kinds[hit.kind] ?? hit.kind);
  const line = section(`${linkWithin(hit.url, hit.title, 1_500)}  ·  ${escapeMrkdwn(kind)}`);
  if (hit.kind !== 'action') return [line];
  return [line, formActions(`run:${hit.identifier}`, { action: hit.identifier, entity: null }, words.run)];
}

/** Actions to choose from. */
export function actionList(hits: readonly ShownHit[], language: SlackLanguage): SlackMessage {
  const words = commandWords[language];
  const text = hits.length === 0 ? words.noActions : words.actions;
  return { text, blocks: [section(`*${text}*`), ...hits.flatMap((hit) => hitBlocks(hit, language))] };
}

/** A button that opens a form, since pressing it gives three seconds more. */
export function formButton(target: ButtonTarget, language: SlackLanguage): SlackMessage {
  const words = commandWords[language];
  return {
    text: words.tooLate,
    blocks: [section(words.tooLate), formActions('run:again', target, words.openForm)],
  };
}

function formActions(blockId: string, target: ButtonTarget, label: string): SlackBlock {
  const button: SlackButton = {
    type: 'button',
    action_id: runAction,
    text: plain(label),
    value: JSON.stringify(target),
  };
  return actions(blockId.slice(0, 255), [button]);
}
