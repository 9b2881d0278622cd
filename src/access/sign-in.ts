import type { Clock } from '#platform/clock.ts';
import type { CommandRunner } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { verifyPassword } from '#platform/crypto/password-hash.ts';
import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { personByEmail } from './people-queries.ts';
import { type PersonRow, toUserActor } from './person.ts';
import { insertSession, newSessionToken } from './session-store.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

export interface SignInParts {
  readonly db: Db;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly throttle: SignInThrottle;
}

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly requestId: string;
}

export interface SignedIn {
  readonly person: PersonRow;
  readonly token: string;
}

/** Checks a password and opens a session. Who does not exist takes as long as who mistyped. */
export async function signIn(parts: SignInParts, input: SignInInput): Promise<SignedIn> {
  parts.throttle.recordAttempt(input.email, input.ip);
  const person = await personByEmail(parts.db, input.email);
  const matches = await verifyPassword(input.password, person?.password_hash ?? undefined);
  if (person === null || !matches || person.status !== 'ACTIVE') {
    throw problem('unauthenticated', 'invalid_credentials', 'This e-mail and password do not belong together.');
  }
  parts.throttle.recordSuccess(input.email, input.ip);
  const token = newSessionToken();
  const caller = { actor: toUserActor(person), origin: 'UI', requestId: input.requestId } as const;
  await parts.runner.execute(caller, openSession, { token });
  return { person, token };
}

export async function openSession(ctx: WriteContext, input: { readonly token: string }): Promise<void> {
  await insertSession(ctx.db, { orgId: ctx.actor.orgId, personId: ctx.actor.id }, input.token, ctx.now);
  ctx.emit({
    kind: 'session.opened',
    resource: 'session',
    action: 'CREATE',
    subject: `user:${ctx.actor.id}`,
    context: { user: ctx.actor.id },
    before: null,
    after: { user: ctx.actor.id },
  });
}
