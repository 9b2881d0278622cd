import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { createCredential, type CreatedCredential } from './create-credential.ts';
import { createPerson } from './create-person.ts';
import type { PersonRow } from './person.ts';

export interface FirstOrganisation {
  readonly name: string;
  readonly administrator: { readonly email: string; readonly passwordHash: string };
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

export interface Bootstrapped {
  readonly administrator: PersonRow;
  readonly credential: CreatedCredential;
}

/** The organisation named by the actor, its event log, its first administrator and its first API credentials. */
export function bootstrapOrganisation(secrets: SecretBox) {
  return async function bootstrapOrganisationCommand(
    ctx: WriteContext,
    input: FirstOrganisation,
  ): Promise<Bootstrapped> {
    const { orgId } = ctx.actor;
    await sql`insert into organisation (id, name, created_at) values (${orgId}, ${input.name}, ${ctx.now})`.execute(
      ctx.db,
    );
    await sql`insert into event_counter (org_id) values (${orgId})`.execute(ctx.db);
    ctx.emit({
      kind: 'organisation.created',
      resource: 'organisation',
      action: 'CREATE',
      subject: `organisation:${orgId}`,
      context: {},
      before: null,
      after: { id: orgId, name: input.name },
    });
    const administrator = await createPerson(ctx, {
      ...input.administrator,
      firstName: 'Admin',
      lastName: '',
      roles: ['Admin'],
      teams: [],
    });
    const credential = await createCredential(secrets)(ctx, {
      name: 'Main credentials',
      clientId: input.clientId,
      clientSecret: input.clientSecret,
    });
    return { administrator, credential };
  };
}
