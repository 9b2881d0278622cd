import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { type CredentialRow, credentialsOf } from './credential-store.ts';
import { authorize } from './permissions.ts';

/** Deletes API credentials; their tokens end. The oldest stay: they sign what the organisation sends. */
export async function deleteCredential(ctx: WriteContext, input: { readonly id: string }): Promise<CredentialRow> {
  authorize(ctx.actor, 'organisation.manage');
  const [oldest, ...others] = await credentialsOf(ctx.db, ctx.actor.orgId);
  if (oldest?.id === input.id) {
    throw problem(
      'invalid',
      'main_credential',
      'The oldest credentials of an organisation sign its webhooks and cannot be deleted. Rotate their secret instead.',
      { credential: input.id },
    );
  }
  const before = others.find((row) => row.id === input.id);
  if (before === undefined) throw notFound('credential', input.id);
  await sql`delete from credential where org_id = ${ctx.actor.orgId} and id = ${input.id}`.execute(ctx.db);
  ctx.emit({
    kind: 'credential.deleted',
    resource: 'credential',
    action: 'DELETE',
    subject: `credential:${input.id}`,
    context: { credential: input.id },
    before: { id: input.id, name: before.name, clientId: before.client_id },
    after: null,
  });
  return before;
}
