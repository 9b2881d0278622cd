import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { newId } from '#platform/ids.ts';
import { newClientSecret, sealSecret } from './credential-store.ts';
import { authorize } from './permissions.ts';

export interface NewCredential {
  readonly name: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** Whose they are; the organisation's where nobody is named. */
  readonly personId?: string | undefined;
}

export interface CreatedCredential {
  readonly id: string;
  readonly clientId: string;
  /** Shown once here; afterwards only by an audited reveal. */
  readonly clientSecret: string;
}

const clientIdBytes = 24;

export function createCredential(secrets: SecretBox) {
  return async function createCredentialCommand(ctx: WriteContext, input: NewCredential): Promise<CreatedCredential> {
    authorize(ctx.actor, 'organisation.manage');
    const id = newId('app');
    const clientId = input.clientId ?? randomBytes(clientIdBytes).toString('base64url');
    const clientSecret = input.clientSecret ?? newClientSecret();
    await sql`
      insert into credential (org_id, id, name, client_id, sealed_secret, person_id, created_at, created_by, updated_at)
      values (${ctx.actor.orgId}, ${id}, ${input.name}, ${clientId},
              ${sealSecret(secrets, clientSecret, { orgId: ctx.actor.orgId, id })}, ${input.personId ?? null}, ${ctx.now}, ${ctx.actor.id}, ${ctx.now})`.execute(
      ctx.db,
    );
    ctx.emit({
      kind: 'credential.created',
      resource: 'credential',
      action: 'CREATE',
      subject: `credential:${id}`,
      context: { credential: id },
      before: null,
      after: { id, name: input.name, clientId },
    });
    return { id, clientId, clientSecret };
  };
}
