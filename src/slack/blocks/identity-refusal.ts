import { plain, section, actions, context, type SlackLanguage, type SlackMessage } from '../slack-message.ts';
import type { IdentityRefusal } from '../identity-rules.ts';
import { identityWords } from './identity-words.ts';

export interface RefusedIdentity {
  readonly refusal: IdentityRefusal;
  readonly needed?: string | undefined;
  /** Where the account can be linked, when that would help. */
  readonly linkUrl: string | null;
}

/** Why a click was not taken, for the eyes of whoever clicked. */
export function identityRefusal({ refusal, needed, linkUrl }: RefusedIdentity, language: SlackLanguage): SlackMessage {
  const words = identityWords[language];
  const text = words.refusals[refusal];
  const button = {
    type: 'button',
    action_id: 'quayside:open',
    text: plain(words.link),
    url: linkUrl ?? '',
    style: 'primary',
  } as const;
  return {
    text,
    blocks: [
      section(text),
      ...(linkUrl === null ? [] : [actions('quayside:link', [button]), context(words.linkHelp)]),
      ...(needed === undefined ? [] : [context(words.lacksScope(needed))]),
    ],
  };
}
