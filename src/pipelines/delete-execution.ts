import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import { authorizeApplication, executionSubject } from './access-queries.ts';
import { executionContext, executionDocument } from './execution.ts';
import { isEnded } from './execution-rules.ts';
import { loadExecution, lockExecution } from './execution-store.ts';

/** Forgets an execution that has ended; the event log still tells of it. */
export async function deleteExecution(ctx: WriteContext, input: { readonly id: string }): Promise<void> {
  const seen = await loadExecution(ctx.db, ctx.actor.orgId, input.id);
  await authorizeApplication(ctx, 'WRITE', executionSubject(seen?.execution, input.id));
  const whole = await lockExecution(ctx, input.id);
  const { execution } = whole;
  if (!isEnded(execution.status)) {
    throw problem('conflict', 'execution_open', `"${execution.name}" is ${execution.status}. Cancel it first.`, {
      status: execution.status,
    });
  }
  await sql`delete from execution where org_id = ${execution.org_id} and id = ${execution.id}`.execute(ctx.db);
  ctx.emit({
    kind: 'execution.deleted',
    resource: 'execution',
    action: 'DELETE',
    subject: `execution:${execution.id}`,
    context: executionContext(execution),
    before: executionDocument(whole),
    after: null,
  });
}
