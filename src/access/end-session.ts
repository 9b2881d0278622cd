import type { WriteContext } from '#platform/commands/write-context.ts';
import { deleteSession } from './session-store.ts';

export async function endSession(ctx: WriteContext, input: { readonly token: string }): Promise<void> {
  await deleteSession(ctx.db, input.token);
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
