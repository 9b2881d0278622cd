import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { createPerson, emailTaken } from './create-person.ts';
import { personByEmail, personByEmailIn } from './people-queries.ts';
import type { PersonRow } from './person.ts';
import { assertKnownRoles, authorize } from './permissions.ts';
import { tokenHash } from './session-store.ts';
import { activatePerson } from './update-person.ts';
import { existingTeams } from './team-queries.ts';
import { assertTeamsExist } from './team-store.ts';

const lifetimeMs = 7 * 86_400_000;
const keptMs = 30 * 86_400_000;

export interface InvitationInput {
  readonly email: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

export interface Invitation {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Makes a link for one person; only its hash is kept. A second invitation replaces the first. */
export async function invitePerson(ctx: WriteContext, input: InvitationInput): Promise<Invitation> {
  authorize(ctx.actor, 'organisation.manage');
  const known = await personByEmail(ctx.db, input.email);
  // Who is known here and never signed in may still be asked to.
  const mayBeAsked = known?.org_id === ctx.actor.orgId && known.password_hash === null && known.type === 'STANDARD';
  if (known !== null && !mayBeAsked) throw emailTaken(input.email);
  assertKnownRoles(input.roles);
  await assertTeamsExist(ctx.db, ctx.actor.orgId, input.teams);
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(ctx.now.getTime() + lifetimeMs);
  await sql`delete from invitation where org_id = ${ctx.actor.orgId} and lower(email) = lower(${input.email})
    and accepted_at is null`.execute(ctx.db);
  await sql`
    insert into invitation (token_hash, org_id, email, roles, teams, invited_by, created_at, expires_at)
    values (${tokenHash(token)}, ${ctx.actor.orgId}, ${input.email}, ${input.roles as string[]},
            ${input.teams as string[]}, ${ctx.actor.id}, ${ctx.now}, ${expiresAt})`.execute(ctx.db);
  ctx.emit({
    kind: 'user.invited',
    resource: 'user',
    action: 'CREATE',
    subject: `invitation:${input.email.toLowerCase()}`,
    context: { email: input.email },
    before: null,
    after: { email: input.email, roles: input.roles, teams: input.teams, expiresAt: expiresAt.toISOString() },
  });
  return { token, expiresAt };
}

export interface OpenInvitation {
  readonly orgId: string;
  readonly organisation: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

/** Null when the link is unknown, used or past its date: the three look alike from outside. */
export async function findInvitation(db: Db | Tx, token: string, now: Date): Promise<OpenInvitation | null> {
  const found = await sql<OpenInvitation>`
    select invitation.org_id as "orgId", organisation.name as organisation, email, roles, teams
    from invitation join organisation on organisation.id = invitation.org_id
    where token_hash = ${tokenHash(token)} and accepted_at is null and expires_at > ${now}`.execute(db);
  return found.rows[0] ?? null;
}

/** Links that nobody can use any more, a month after they ended. */
export async function deleteOldInvitations(db: Db, now: Date): Promise<void> {
  await sql`delete from invitation where expires_at < ${new Date(now.getTime() - keptMs)}`.execute(db);
}

export interface Acceptance {
  readonly token: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly passwordHash: string;
}

/** Run as the system actor of the invitation's organisation: the link is what permits it. */
export async function acceptInvitation(ctx: WriteContext, input: Acceptance): Promise<PersonRow> {
  await sql`select 1 from invitation where token_hash = ${tokenHash(input.token)} for update`.execute(ctx.db);
  const invitation = await findInvitation(ctx.db, input.token, ctx.now);
  if (invitation === null || invitation.orgId !== ctx.actor.orgId) throw invitationGone();
  await sql`update invitation set accepted_at = ${ctx.now} where token_hash = ${tokenHash(input.token)}`.execute(
    ctx.db,
  );
  // A team may have gone since; that is no reason to turn its people away.
  const teams = await existingTeams(ctx.db, ctx.actor.orgId, invitation.teams);
  const known = await personByEmailIn(ctx.db, ctx.actor.orgId, invitation.email);
  if (known?.type === 'SERVICE_ACCOUNT') throw invitationGone();
  if (known === null || known.password_hash !== null) return createPerson(ctx, { ...invitation, ...input, teams });
  return activatePerson(ctx, known, { ...invitation, ...input, teams });
}

export function invitationGone(): Error {
  return problem('not-found', 'not_found', 'This invitation was used or has expired. Ask for a new one.', {
    resource: 'invitation',
  });
}
