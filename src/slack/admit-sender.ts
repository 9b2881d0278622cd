import type { PersonRow } from '#access/person.ts';
import type { SlackConnection } from './connection.ts';
import { identityRefusal } from './blocks/identity-refusal.ts';
import { type IdentifiedPerson, identifyPerson, type IdentityParts } from './identify-person.ts';
import type { IdentityRefusal } from './identity-rules.ts';
import type { Interaction, SlackSender } from './interaction.ts';
import { offerLink } from './link-account.ts';
import type { SlackLanguage } from './slack-message.ts';
import { recipientOf, tellSender } from './tell-sender.ts';

const linkable: ReadonlySet<IdentityRefusal> = new Set(['unknown-person', 'removed', 'missing-scope']);

/** Who pressed or wrote this; null when that is nobody here, which they have been told then. */
export async function admitSender(
  parts: IdentityParts,
  connection: SlackConnection,
  interaction: Interaction,
): Promise<PersonRow | null> {
  const identified = await identifyPerson(parts, connection, interaction);
  if (identified.known) return identified.person;
  const { refusal, needed } = identified;
  const linkUrl = await linkFor(parts, connection, interaction, identified);
  const message = identityRefusal({ refusal, needed, linkUrl }, connection.language);
  await tellSender(parts.http, connection, recipientOf(interaction), message);
  return null;
}

/** Where somebody who is not known here can link their account; null where that would not help them. */
export async function linkFor(
  { core, readWorkspace }: Pick<IdentityParts, 'core' | 'readWorkspace'>,
  connection: SlackConnection,
  sender: SlackSender,
  { refusal, slackName }: Extract<IdentifiedPerson, { known: false }>,
): Promise<string | null> {
  if (!linkable.has(refusal)) return null;
  const workspace = await readWorkspace(connection);
  const teamName = workspace?.teamId === sender.teamId ? workspace.team : null;
  const { orgId } = connection;
  const token = await offerLink(core.db, { orgId, sender, slackName, teamName, now: core.clock.now() });
  return `${core.publicUrl}/slack/link/${token}`;
}

/** The language a person reads, where they chose one. */
export function languageOf(person: PersonRow, connection: SlackConnection): SlackLanguage {
  const { language } = person.preferences;
  return language === 'en' || language === 'zh-CN' ? language : connection.language;
}
