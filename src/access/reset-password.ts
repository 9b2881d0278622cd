import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import { personByEmailIn } from './people-queries.ts';

/** For whoever runs the server and nobody else: a new password for a person, and the end of all their sessions. */
export async function resetPassword(
  ctx: WriteContext,
  input: { readonly email: string; readonly passwordHash: string },
): Promise<void> {
  if (ctx.actor.kind !== 'system') {
    throw problem('forbidden', 'missing_permissions', 'Passwords are reset on the machine that runs the server.');
  }
  const { orgId } = ctx.actor;
  const person = await personByEmailIn(ctx.db, orgId, input.email);
  if (person === null) throw problem('not-found', 'not_found', `There is nobody with the e-mail ${input.email}.`);
  await sql`update person set password_hash = ${input.passwordHash}, updated_at = ${ctx.now}, version = version + 1
    where org_id = ${orgId} and id = ${person.id}`.execute(ctx.db);
  await sql`delete from session where org_id = ${orgId} and person_id = ${person.id}`.execute(ctx.db);
  ctx.emit({
    kind: 'user.password-reset',
    resource: 'user',
    action: 'UPDATE',
    subject: `user:${person.id}`,
    context: { user: person.id },
    before: { passwordReset: false },
    after: { passwordReset: true },
  });
}
