import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { notFound } from '#platform/problem.ts';
import { credentialById, openSecret } from './credential-store.ts';
import { authorize } from './permissions.ts';

/** Shows a secret to an administrator; a command, because every look is recorded. */
export function revealCredential(secrets: SecretBox) {
  return async function revealCredentialCommand(
    ctx: WriteContext,
    input: { readonly id: string },
  ): Promise<{ clientId: string; clientSecret: string }> {
    authorize(ctx.actor, 'credential.reveal');
    const row = await credentialById(ctx.db, ctx.actor.orgId, input.id);
    if (row === null) throw notFound('credential', input.id);
    const shown = { id: row.id, name: row.name, clientId: row.client_id };
    ctx.emit({
      kind: 'credential.revealed',
      resource: 'credential',
      action: 'UPDATE',
      subject: `credential:${row.id}`,
      context: { credential: row.id },
      before: shown,
      after: shown,
    });
    return {
      clientId: row.client_id,
      clientSecret: openSecret(secrets, row),
    };
  };
}
