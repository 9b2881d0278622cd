import { actions, header, plain, section, type SlackLanguage, type SlackMessage } from '../slack-message.ts';
import { identityWords } from './identity-words.ts';

export const testAction = 'quayside:test';

/** Tells an administrator that messages arrive, and with its button, that clicks do. */
export function testMessage(language: SlackLanguage, withButton: boolean): SlackMessage {
  const { testTitle, testText, testButton } = identityWords[language];
  const button = { type: 'button', action_id: testAction, text: plain(testButton), value: 'test' } as const;
  const ask = withButton ? [section(testText), actions('quayside:test', [button])] : [];
  return { text: testTitle, blocks: [header(testTitle), ...ask] };
}
