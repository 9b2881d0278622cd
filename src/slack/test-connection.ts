import { newId } from '#platform/ids.ts';
import { type Problem, problem } from '#platform/problem.ts';
import { admitSender, languageOf } from './admit-sender.ts';
import { testAction, testMessage } from './blocks/test-message.ts';
import { identityWords } from './blocks/identity-words.ts';
import { hearsClicks, type SlackConnection, transportOf } from './connection.ts';
import { escapeMrkdwn } from './escape-mrkdwn.ts';
import type { IdentityParts } from './identify-person.ts';
import type { InteractionHandler } from './jobs.ts';
import { postMessage } from './post-message.ts';
import { channelName } from './send-reminder.ts';
import type { SlackHttp } from './slack-http.ts';
import { codeIn } from './slack-errors.ts';
import { section } from './slack-message.ts';
import { tellSender } from './tell-sender.ts';

/** Posts a message whose button tells whether clicks arrive. Answers where it stands; throws a problem when nowhere. */
export async function sendTestMessage(http: SlackHttp, connection: SlackConnection): Promise<string> {
  const transport = transportOf(connection);
  if (transport === null || (transport.kind === 'bot' && transport.channel === '')) {
    throw problem('invalid', 'no_channel', 'Name a default channel first.', { field: 'channel' });
  }
  const withButton = transport.kind === 'bot' && hearsClicks(connection);
  const message = testMessage(connection.language, withButton);
  const outcome = await postMessage(http, { transport, message, key: newId('slacktest') });
  if (outcome.outcome === 'posted') return channelName(transport);
  throw refusal(outcome);
}

function refusal(outcome: { readonly outcome: 'refused' | 'unknown'; readonly message: string }): Problem {
  return outcome.outcome === 'unknown'
    ? problem('unavailable', 'slack_unreachable', outcome.message)
    : problem('invalid', 'slack_refused', outcome.message, { field: 'channel', slackError: codeIn(outcome.message) });
}

/** Tells whoever pressed the test button who they are here. */
export function testButtonHandler(parts: IdentityParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'actions' && interaction.action.actionId === testAction,
    async handle(connection, interaction) {
      if (interaction.kind !== 'actions') return 'ignored';
      const person = await admitSender(parts, connection, interaction);
      if (person === null) return 'refused';
      const name = escapeMrkdwn(`${person.first_name} ${person.last_name}`.trim() || person.email);
      const text = identityWords[languageOf(person, connection)].tested(name);
      await tellSender(parts.http, connection, interaction, { text, blocks: [section(text)] });
      return 'done';
    },
  };
}
