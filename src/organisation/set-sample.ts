import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';

/** Remembers that the workspace was made with the sample, so that later starts bring its servers back. */
export async function setSample(ctx: WriteContext): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  const { orgId } = ctx.actor;
  await sql`update organisation set settings = settings || '{"sample": true}', version = version + 1
    where id = ${orgId}`.execute(ctx.db);
  ctx.emit({
    kind: 'organisation.sample-set',
    resource: 'organisation',
    action: 'UPDATE',
    subject: `organisation:${orgId}`,
    context: {},
    before: { id: orgId, sample: false },
    after: { id: orgId, sample: true },
  });
}
