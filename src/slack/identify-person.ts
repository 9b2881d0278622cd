import { personByEmailIn, personById } from '#access/people-queries.ts';
import type { PersonRow } from '#access/person.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { isJsonObject } from '#platform/json.ts';
import { readAccount, type TiedAccount } from './accounts/account-store.ts';
import { type FoundTie, tieFoundAccount } from './accounts/link-slack-account.ts';
import type { SlackConnection, SlackWorkspace } from './connection.ts';
import { type IdentityRefusal, judgeProfile, judgeSender, verifiedEmail } from './identity-rules.ts';
import type { SlackSender } from './interaction.ts';
import type { ReadWorkspace } from './read-workspace.ts';
import type { SlackHttp } from './slack-http.ts';
import { callSlack, textOf } from './web-api-client.ts';

export type IdentifiedPerson =
  | { readonly known: true; readonly person: PersonRow }
  | {
      readonly known: false;
      readonly refusal: IdentityRefusal;
      /** A scope that Slack asked for. */
      readonly needed?: string;
      /** What Slack calls them; a name, never a proof. */
      readonly slackName: string;
    };

export interface IdentityParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly readWorkspace: ReadWorkspace;
}

/** An answer of Slack about a person holds this long. */
const checkedForMs = 10 * 60_000;

/**
 * Who somebody in Slack is here: by the link they confirmed, or by the verified address that Slack gives, within the
 * connected workspace. Never by a name.
 */
export async function identifyPerson(
  parts: IdentityParts,
  connection: SlackConnection,
  sender: SlackSender,
): Promise<IdentifiedPerson> {
  const slackName = sender.userName;
  const workspace = await parts.readWorkspace(connection);
  if (workspace === null) return { known: false, refusal: 'unavailable', slackName };
  const refusal = judgeSender(sender, workspace.teamId);
  if (refusal !== null) return { known: false, refusal, slackName };
  const link = await readAccount(parts.core.db, connection.orgId, sender);
  if (link === 'removed') return { known: false, refusal: 'removed', slackName };
  const now = parts.core.clock.now();
  if (link !== null && now.getTime() - link.checkedAt.getTime() < checkedForMs) {
    return admit(await personById(parts.core.db, connection.orgId, link.personId), slackName);
  }
  return askSlack(parts, connection, { sender, link, workspace });
}

/** How long ago Slack may have been asked for what only looks. */
const recalledForMs = 24 * 3_600_000;

/** Who somebody was when they were last identified, without asking Slack: for looking, not for doing. */
export async function recallPerson(core: Core, orgId: string, sender: SlackSender): Promise<PersonRow | null> {
  const link = await readAccount(core.db, orgId, sender);
  if (link === null || link === 'removed' || core.clock.now().getTime() - link.checkedAt.getTime() > recalledForMs)
    return null;
  const person = await personById(core.db, orgId, link.personId);
  return person?.status === 'ACTIVE' ? person : null;
}

interface Question {
  readonly sender: SlackSender;
  readonly link: TiedAccount | null;
  readonly workspace: SlackWorkspace;
}

async function askSlack(
  parts: IdentityParts,
  connection: SlackConnection,
  { sender, link, workspace: { teamId, team: teamName } }: Question,
): Promise<IdentifiedPerson> {
  const { orgId, botToken, apiUrl } = connection;
  const slackName = sender.userName;
  if (botToken === null) return { known: false, refusal: 'missing-scope', needed: 'users:read', slackName };
  const answer = await callSlack(parts.http, { token: botToken, apiUrl }, 'users.info', { user: sender.userId });
  if (!answer.ok) {
    // Whoever confirmed the link signed in here to do it; Slack has no more to say than whether they are still there.
    const mayRely = answer.error === 'missing_scope' && link?.proof === 'sign-in';
    return mayRely ? admit(await personOf(parts, orgId, link, null), slackName) : unanswered(answer, slackName);
  }
  const user = isJsonObject(answer.json['user']) ? answer.json['user'] : {};
  const name = textOf(user['real_name']) || slackName;
  const refusal = judgeProfile(user, teamId);
  if (refusal !== null) return { known: false, refusal, slackName: name };
  const person = await personOf(parts, orgId, link, verifiedEmail(user));
  if (person === null) return { known: false, refusal: 'unknown-person', slackName: name, ...withoutEmail(user) };
  const found = { personId: person.id, proof: link?.proof ?? 'email', slackName: name, teamName } as const;
  const isTied = await remember(parts, orgId, { ...found, key: sender, known: link });
  // Somebody linked or removed the account while Slack was asked: what they did counts.
  return isTied ? admit(person, name) : identifyAsChanged(parts, orgId, sender, name);
}

async function personOf(
  { core: { db } }: IdentityParts,
  orgId: string,
  link: TiedAccount | null,
  email: string | null,
): Promise<PersonRow | null> {
  if (link?.proof === 'sign-in') return personById(db, orgId, link.personId);
  return email === null ? null : personByEmailIn(db, orgId, email);
}

function unanswered(answer: { readonly error: string; readonly needed?: string }, slackName: string): IdentifiedPerson {
  const needed = answer.error === 'missing_scope' ? { needed: answer.needed ?? 'users:read' } : {};
  return { known: false, refusal: refusalOf(answer.error), slackName, ...needed };
}

function withoutEmail(user: Readonly<Record<string, unknown>>): { readonly needed?: string } {
  return verifiedEmail(user) === null ? { needed: 'users:read.email' } : {};
}

function refusalOf(error: string): IdentityRefusal {
  if (error === 'missing_scope') return 'missing-scope';
  return error === 'user_not_found' || error === 'user_not_visible' ? 'stranger' : 'unavailable';
}

function admit(person: PersonRow | null, slackName: string): IdentifiedPerson {
  if (person === null) return { known: false, refusal: 'unknown-person', slackName };
  return person.status === 'ACTIVE' ? { known: true, person } : { known: false, refusal: 'disabled', slackName };
}

async function identifyAsChanged(
  { core: { db } }: IdentityParts,
  orgId: string,
  sender: SlackSender,
  slackName: string,
): Promise<IdentifiedPerson> {
  const link = await readAccount(db, orgId, sender);
  if (link === 'removed') return { known: false, refusal: 'removed', slackName };
  return admit(link === null ? null : await personById(db, orgId, link.personId), slackName);
}

async function remember(
  { core }: IdentityParts,
  orgId: string,
  { key, ...given }: Omit<FoundTie, 'checkedAt'>,
): Promise<boolean> {
  const caller = { actor: systemActor(orgId, 'slack'), origin: 'SLACK', requestId: null } as const;
  const { teamId, userId } = key;
  const checkedAt = core.clock.now();
  return core.runner.execute(caller, tieFoundAccount, { ...given, key: { teamId, userId }, checkedAt });
}
