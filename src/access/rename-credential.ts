import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound } from '#platform/problem.ts';
import { credentialById, type CredentialRow } from './credential-store.ts';
import { authorize } from './permissions.ts';

/** Gives API credentials another name; ids, secret and tokens stay. */
export async function renameCredential(
  ctx: WriteContext,
  input: { readonly id: string; readonly name: string },
): Promise<CredentialRow> {
  authorize(ctx.actor, 'organisation.manage');
  const before = await credentialById(ctx.db, ctx.actor.orgId, input.id);
  if (before === null) throw notFound('credential', input.id);
  await sql`update credential set name = ${input.name}, updated_at = ${ctx.now}
    where org_id = ${ctx.actor.orgId} and id = ${input.id}`.execute(ctx.db);
  const shown = { id: input.id, name: before.name, clientId: before.client_id };
  ctx.emit({
    kind: 'credential.renamed',
    resource: 'credential',
    action: 'UPDATE',
    subject: `credential:${input.id}`,
    context: { credential: input.id },
    before: shown,
    after: { ...shown, name: input.name },
  });
  return { ...before, name: input.name, updated_at: ctx.now };
}
