import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { type CreatedCredential, createCredential } from './create-credential.ts';
import { createPerson, type NewPerson } from './create-person.ts';

export type NewServiceAccount = Omit<NewPerson, 'passwordHash' | 'type'>;

/** Makes service accounts: programs with the roles and teams of a person, and credentials that are shown once. */
export type CreateServiceAccount = (ctx: WriteContext, input: NewServiceAccount) => Promise<CreatedCredential>;

/** The caller has already decided that whoever asks may. */
export function createServiceAccounts(secrets: SecretBox): CreateServiceAccount {
  const create = createCredential(secrets);
  return async (ctx, input) => {
    const person = await createPerson(ctx, { ...input, type: 'SERVICE_ACCOUNT', passwordHash: null });
    return create(ctx, { name: person.email, personId: person.id });
  };
}
