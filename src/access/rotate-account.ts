import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { CreatedCredential } from './create-credential.ts';
import { credentialOfPerson } from './credential-store.ts';
import { personByEmailIn } from './people-queries.ts';
import { authorize } from './permissions.ts';
import { rotateCredential } from './rotate-credential.ts';

/** A new secret for a service account; tokens made with the old one end. */
export function rotateAccount(secrets: SecretBox) {
  const rotate = rotateCredential(secrets);
  return async function rotateAccountCommand(
    ctx: WriteContext,
    { email }: { readonly email: string },
  ): Promise<CreatedCredential> {
    authorize(ctx.actor, 'organisation.manage');
    const person = await personByEmailIn(ctx.db, ctx.actor.orgId, email);
    if (person === null) throw notFound('user', email);
    const credential = await credentialOfPerson(ctx.db, person);
    if (credential === null) {
      throw problem(
        'invalid',
        'no_service_account',
        `"${email}" is a person, who signs in: only service accounts have credentials.`,
        {
          user: email,
        },
      );
    }
    return rotate(ctx, { id: credential.id });
  };
}
