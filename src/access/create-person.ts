import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { identifierTaken } from '#platform/problem.ts';
import { personById } from './people-queries.ts';
import { type PersonRow, type PersonStatus, type PersonType, toWireUser } from './person.ts';
import { assertTeamsExist, setTeamsOfPerson } from './team-store.ts';

export interface NewPerson {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly passwordHash: string | null;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  /** Active unless told. */
  readonly status?: PersonStatus;
  /** Somebody who signs in unless told. */
  readonly type?: PersonType;
}

/** Adds a person; the caller has already decided that they may (an invitation, the first administrator). */
export async function createPerson(ctx: WriteContext, input: NewPerson): Promise<PersonRow> {
  await assertTeamsExist(ctx.db, ctx.actor.orgId, input.teams);
  const id = newId('user');
  const inserted = await sql`
    insert into person (org_id, id, email, first_name, last_name, password_hash, roles, status, type, created_at,
      updated_at)
    values (${ctx.actor.orgId}, ${id}, ${input.email}, ${input.firstName}, ${input.lastName}, ${input.passwordHash},
            ${input.roles as string[]}, ${input.status ?? 'ACTIVE'}, ${input.type ?? 'STANDARD'}, ${ctx.now}, ${ctx.now})
    on conflict do nothing returning id`.execute(ctx.db);
  if (inserted.rows.length === 0) throw emailTaken(input.email);
  await setTeamsOfPerson(ctx.db, ctx.actor.orgId, id, input.teams);
  const person = await personById(ctx.db, ctx.actor.orgId, id);
  if (person === null) throw new Error('The person just written cannot be read');
  ctx.emit({
    kind: 'user.created',
    resource: 'user',
    action: 'CREATE',
    subject: `user:${id}`,
    context: { user: id },
    before: null,
    after: toWireUser(person),
  });
  return person;
}

export function emailTaken(email: string): Error {
  return identifierTaken(`A user with e-mail "${email}" already exists.`, {
    resource: 'user',
    byField: 'email',
    withValue: email,
  });
}
