import { sql } from 'kysely';
import { personByEmailIn, personById } from '#access/people-queries.ts';
import type { PersonRow } from '#access/person.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { SlackConnection } from './connection.ts';
import { type IdentityRefusal, judgeProfile, judgeSender, verifiedEmail } from './identity-rules.ts';
import type { SlackSender } from './interaction.ts';
import type { ReadWorkspace } from './read-workspace.ts';
import type { SlackHttp } from './slack-http.ts';
import { callSlack, textOf } from './web-api-client.ts';
import { isJsonObject } from '#platform/json.ts';

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
  const link = await readIdentity(parts.core.db, connection.orgId, sender);
  const now = parts.core.clock.now();
  if (link !== null && now.getTime() - link.checkedAt.getTime() < checkedForMs) {
    return admit(await personById(parts.core.db, connection.orgId, link.personId), slackName);
  }
  return askSlack(parts, connection, { sender, link, teamId: workspace.teamId });
}

/** How long ago Slack may have been asked for what only looks. */
const recalledForMs = 24 * 3_600_000;

/** Who somebody was when they were last identified, without asking Slack: for looking, not for doing. */
export async function recallPerson(core: Core, orgId: string, sender: SlackSender): Promise<PersonRow | null> {
  const link = await readIdentity(core.db, orgId, sender);
  if (link === null || core.clock.now().getTime() - link.checkedAt.getTime() > recalledForMs) return null;
  const person = await personById(core.db, orgId, link.personId);
  return person?.status === 'ACTIVE' ? person : null;
}

interface Question {
  readonly sender: SlackSender;
  readonly link: Identity | null;
  readonly teamId: string;
}

async function askSlack(
  parts: IdentityParts,
  connection: SlackConnection,
  { sender, link, teamId }: Question,
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
  await remember(parts, connection, { sender, personId: person.id, proof: link?.proof ?? 'email' });
  return admit(person, name);
}

async function personOf(
  { core: { db } }: IdentityParts,
  orgId: string,
  link: Identity | null,
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

interface Identity {
  readonly personId: string;
  readonly proof: IdentityProof;
  readonly checkedAt: Date;
}

export type IdentityProof = 'email' | 'sign-in';

async function readIdentity(db: Db | Tx, orgId: string, { teamId, userId }: SlackSender): Promise<Identity | null> {
  const found = await sql<Identity>`
    select person_id as "personId", proof, checked_at as "checkedAt" from slack_identity
    where org_id = ${orgId} and team_id = ${teamId} and slack_user_id = ${userId}`.execute(db);
  return found.rows[0] ?? null;
}

interface Remembered {
  readonly sender: Pick<SlackSender, 'teamId' | 'userId'>;
  readonly personId: string;
  readonly proof: IdentityProof;
}

async function remember({ core }: IdentityParts, { orgId }: SlackConnection, given: Remembered): Promise<void> {
  const caller = { actor: systemActor(orgId, 'slack'), origin: 'SLACK', requestId: null } as const;
  await core.runner.execute(caller, rememberByEmail, given);
}

const rememberByEmail = maybeSilent(async function rememberByEmail(ctx: WriteContext, given: Remembered) {
  await writeIdentity(ctx, given);
});

/** Announces only who somebody is now; that Slack was asked once more is no change. */
export async function writeIdentity(ctx: WriteContext, { sender, personId, proof }: Remembered): Promise<void> {
  const { orgId } = ctx.actor;
  const { teamId, userId } = sender;
  const before = await sql<{ person_id: string; proof: string }>`
    select person_id, proof from slack_identity
    where org_id = ${orgId} and team_id = ${teamId} and slack_user_id = ${userId} for update`.execute(ctx.db);
  await sql`
    insert into slack_identity (org_id, team_id, slack_user_id, person_id, proof, linked_at, checked_at)
    values (${orgId}, ${teamId}, ${userId}, ${personId}, ${proof}, ${ctx.now}, ${ctx.now})
    on conflict (org_id, team_id, slack_user_id) do update set person_id = excluded.person_id,
      proof = excluded.proof, checked_at = excluded.checked_at`.execute(ctx.db);
  const known = before.rows[0];
  if (known?.person_id === personId && known.proof === proof) return;
  ctx.emit({
    kind: 'slack.person-linked',
    resource: 'user',
    action: known === undefined ? 'CREATE' : 'UPDATE',
    subject: `slack-identity:${teamId}/${userId}`,
    context: { user: personId, slackTeam: teamId, slackUser: userId },
    before: known === undefined ? null : { person: known.person_id, proof: known.proof },
    after: { person: personId, proof },
  });
}
