import type { WriteContext } from '#platform/commands/write-context.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import { deleteSession } from './session-store.ts';

// Signing out twice, or with a token rather than a session, ends nothing.
maybeSilent(endSession);

export async function endSession(ctx: WriteContext, input: { readonly token: string }): Promise<void> {
  if (!(await deleteSession(ctx.db, input.token))) return;
  ctx.emit({
    kind: 'session.ended',
    resource: 'session',
    action: 'DELETE',
    subject: `user:${ctx.actor.id}`,
    context: { user: ctx.actor.id },
    before: { user: ctx.actor.id },
    after: null,
  });
}
