import type { PersonRow } from '#access/person.ts';
import type { SlackConnection } from './connection.ts';
import { identityRefusal } from './blocks/identity-refusal.ts';
import { identifyPerson, type IdentityParts } from './identify-person.ts';
import type { IdentityRefusal } from './identity-rules.ts';
import type { Interaction } from './interaction.ts';
import { offerLink } from './link-account.ts';
import type { SlackLanguage } from './slack-message.ts';
import { recipientOf, tellSender } from './tell-sender.ts';

const linkable: ReadonlySet<IdentityRefusal> = new Set(['unknown-person', 'missing-scope']);

/** Who pressed or wrote this; null when that is nobody here, which they have been told then. */
export async function admitSender(
  parts: IdentityParts,
  connection: SlackConnection,
  interaction: Interaction,
): Promise<PersonRow | null> {
  const identified = await identifyPerson(parts, connection, interaction);
  if (identified.known) return identified.person;
  const { refusal, needed, slackName } = identified;
  const { core, http } = parts;
  const { orgId } = connection;
  const token = linkable.has(refusal)
    ? await offerLink(core.db, { orgId, sender: interaction, slackName, now: core.clock.now() })
    : null;
  const linkUrl = token === null ? null : `${core.publicUrl}/slack/link/${token}`;
  const message = identityRefusal({ refusal, needed, linkUrl }, connection.language);
  await tellSender(http, connection, recipientOf(interaction), message);
  return null;
}

/** The language a person reads, where they chose one. */
export function languageOf(person: PersonRow, connection: SlackConnection): SlackLanguage {
  const { language } = person.preferences;
  return language === 'en' || language === 'zh-CN' ? language : connection.language;
}
