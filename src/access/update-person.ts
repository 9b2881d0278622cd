import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { personByEmailIn } from './people-queries.ts';
import { isAdministrator, type PersonRow, type PersonStatus, toWireUser } from './person.ts';
import { assertKnownRoles, authorize } from './permissions.ts';
import { assertTeamsExist, setTeamsOfPerson } from './team-store.ts';

/** What others may change of a person; what is left out stays. */
export interface PersonFacts {
  readonly email: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly firstName: string;
  readonly lastName: string;
  readonly status: PersonStatus;
}

type PersonChange = Pick<PersonFacts, 'email'> & {
  readonly [Key in Exclude<keyof PersonFacts, 'email'>]?: PersonFacts[Key] | undefined;
};

export async function updatePerson(ctx: WriteContext, input: PersonChange): Promise<PersonRow> {
  authorize(ctx.actor, 'organisation.manage');
  if (input.roles !== undefined) assertKnownRoles(input.roles);
  const before = await lockPerson(ctx, input.email);
  const roles = input.roles ?? before.roles;
  const status = input.status ?? before.status;
  if (status !== before.status && ctx.actor.kind === 'user' && ctx.actor.id === before.id) {
    throw problem('invalid', 'own_status', 'Nobody changes their own status.', { field: 'status' });
  }
  const stays = isAdministrator(roles) && status === 'ACTIVE';
  if (before.type === 'STANDARD' && isAdministrator(before.roles) && !stays)
    await assertAnotherAdministrator(ctx, before.id);
  if (input.teams !== undefined) {
    await assertTeamsExist(ctx.db, ctx.actor.orgId, input.teams);
    await setTeamsOfPerson(ctx.db, ctx.actor.orgId, before.id, input.teams);
  }
  const { firstName = before.first_name, lastName = before.last_name } = input;
  await sql`update person set roles = ${roles as string[]}, status = ${status}, first_name = ${firstName},
      last_name = ${lastName}, updated_at = ${ctx.now}, version = version + 1
    where org_id = ${ctx.actor.orgId} and id = ${before.id}`.execute(ctx.db);
  const after = await personByEmailIn(ctx.db, ctx.actor.orgId, input.email);
  if (after === null) throw new Error('The person just written cannot be read');
  emitPerson(ctx, before, after);
  return after;
}

/** Somebody who was known beforehand signs in for the first time. */
export async function activatePerson(
  ctx: WriteContext,
  before: PersonRow,
  input: Pick<PersonFacts, 'firstName' | 'lastName' | 'roles' | 'teams'> & { readonly passwordHash: string },
): Promise<PersonRow> {
  await setTeamsOfPerson(ctx.db, ctx.actor.orgId, before.id, input.teams);
  await sql`update person set first_name = ${input.firstName}, last_name = ${input.lastName}, status = 'ACTIVE',
      roles = ${input.roles as string[]}, password_hash = ${input.passwordHash}, updated_at = ${ctx.now},
      version = version + 1
    where org_id = ${ctx.actor.orgId} and id = ${before.id} and password_hash is null`.execute(ctx.db);
  const after = await personByEmailIn(ctx.db, ctx.actor.orgId, before.email);
  if (after === null) throw new Error('The person just written cannot be read');
  emitPerson(ctx, before, after);
  return after;
}

export async function deletePerson(ctx: WriteContext, input: { readonly email: string }): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  const before = await lockPerson(ctx, input.email);
  if (before.type === 'STANDARD' && isAdministrator(before.roles)) await assertAnotherAdministrator(ctx, before.id);
  await sql`delete from person where org_id = ${ctx.actor.orgId} and id = ${before.id}`.execute(ctx.db);
  emitPerson(ctx, before, null);
}

/** What a person sets for themselves: language and theme. */
export async function setPreferences(
  ctx: WriteContext,
  input: { readonly language?: string | null | undefined; readonly theme?: string | null | undefined },
): Promise<void> {
  if (ctx.actor.kind !== 'user') {
    throw problem('forbidden', 'missing_permissions', 'Only a person who signed in has preferences.');
  }
  const before = await lockPerson(ctx, ctx.actor.email);
  const preferences = { ...before.preferences, ...input };
  await sql`update person set preferences = ${JSON.stringify(preferences)}::jsonb, updated_at = ${ctx.now}
    where org_id = ${ctx.actor.orgId} and id = ${before.id}`.execute(ctx.db);
  ctx.emit({
    kind: 'user.preferences-set',
    resource: 'user',
    action: 'UPDATE',
    subject: `user:${before.id}`,
    context: { user: before.id },
    before: { preferences: before.preferences },
    after: { preferences },
  });
}

async function lockPerson(ctx: WriteContext, email: string): Promise<PersonRow> {
  await sql`select 1 from person where org_id = ${ctx.actor.orgId} and lower(email) = lower(${email}) for update`.execute(
    ctx.db,
  );
  const person = await personByEmailIn(ctx.db, ctx.actor.orgId, email);
  if (person === null) throw notFound('user', email);
  return person;
}

/** Locks all administrators first: two who demote each other at once must not both succeed. */
async function assertAnotherAdministrator(ctx: WriteContext, personId: string): Promise<void> {
  const found = await sql<{ id: string }>`
    select id from person where org_id = ${ctx.actor.orgId} and 'Admin' = any(roles) and status = 'ACTIVE' and type = 'STANDARD'
    order by id for update`.execute(ctx.db);
  if (found.rows.every((row) => row.id === personId)) {
    throw problem('invalid', 'last_administrator', 'An organisation needs at least one administrator.');
  }
}

function emitPerson(ctx: WriteContext, before: PersonRow, after: PersonRow | null): void {
  ctx.emit({
    kind: after === null ? 'user.deleted' : 'user.updated',
    resource: 'user',
    action: after === null ? 'DELETE' : 'UPDATE',
    subject: `user:${before.id}`,
    context: { user: before.id },
    before: toWireUser(before),
    after: after === null ? null : toWireUser(after),
  });
}
