import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { notFound } from '#platform/problem.ts';
import { newClientSecret, sealSecret } from './credential-store.ts';
import type { CreatedCredential } from './create-credential.ts';
import { authorize } from './permissions.ts';

/** A new secret for the same client id. Tokens made with the old one end at once: they carry the version. */
export function rotateCredential(secrets: SecretBox) {
  return async function rotateCredentialCommand(
    ctx: WriteContext,
    input: { readonly id: string },
  ): Promise<CreatedCredential> {
    authorize(ctx.actor, 'organisation.manage');
    const clientSecret = newClientSecret();
    const updated = await sql<{ client_id: string; name: string }>`
      update credential set sealed_secret = ${sealSecret(secrets, clientSecret, { orgId: ctx.actor.orgId, id: input.id })},
        version = version + 1, updated_at = ${ctx.now}
      where org_id = ${ctx.actor.orgId} and id = ${input.id} returning client_id, name`.execute(ctx.db);
    const row = updated.rows[0];
    if (row === undefined) throw notFound('credential', input.id);
    const shown = { id: input.id, name: row.name, clientId: row.client_id };
    ctx.emit({
      kind: 'credential.rotated',
      resource: 'credential',
      action: 'UPDATE',
      subject: `credential:${input.id}`,
      context: { credential: input.id },
      before: shown,
      after: { ...shown, rotatedAt: ctx.now.toISOString() },
    });
    return { id: input.id, clientId: row.client_id, clientSecret };
  };
}
