import { authorize } from '#access/permissions.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { problem } from '#platform/problem.ts';
import { type Blueprints, refuseUnknown } from '../blueprint-queries.ts';
import { refuseProtected } from '../people/structure-rules.ts';
import { bulkEvent } from './bulk-change-events.ts';
import { getBulk } from './bulk-change-queries.ts';
import { type BulkChange, type BulkScope, type BulkWork, checkBulkWork } from './bulk-change-rules.ts';
import { insertBulk } from './bulk-change-store.ts';
import { planScope, readScopeState } from './plan-scope.ts';

export interface StartBulkInput {
  readonly blueprint: string;
  readonly scope: BulkScope;
  readonly change: BulkWork;
  /** What the preview said it would touch; null to touch whatever there is. */
  readonly state: string | null;
}

/** Records that many entities are to be changed; batches do it. */
export function startBulk(blueprints: Blueprints): Command<StartBulkInput, BulkChange> {
  return async function startBulkCommand(ctx, input) {
    authorize(ctx.actor, 'catalog.read');
    return begin(ctx, blueprints, input);
  };
}

/** The same change for what was refused. */
export function retryBulk(blueprints: Blueprints): Command<{ readonly id: string }, BulkChange> {
  return async function retryBulkCommand(ctx, { id }) {
    authorize(ctx.actor, 'catalog.read');
    const { blueprint, change, endedAt } = await getBulk(ctx.db, ctx.actor, id);
    if (endedAt === null) {
      throw problem('conflict', 'bulk_change_runs', `Bulk change "${id}" has not ended yet.`, { bulkChange: id });
    }
    return begin(ctx, blueprints, { blueprint, change, scope: { failuresOf: id }, state: null });
  };
}

async function begin(ctx: WriteContext, blueprints: Blueprints, input: StartBulkInput): Promise<BulkChange> {
  const { blueprint, scope, change } = input;
  checkBulkWork(change);
  if (change.kind === 'delete') refuseProtected(blueprint, 'its entities are deleted by name');
  const held = (await blueprints.hold(ctx.db, ctx.actor.orgId, [blueprint])).get(blueprint);
  if (held === undefined) return refuseUnknown(blueprint);
  const setting = { db: ctx.db, clock: { now: () => ctx.now } };
  const { count, state } = await readScopeState(ctx.db, await planScope(setting, ctx.actor, held.document, scope));
  if (input.state !== null && input.state !== state) throw changedSince(count);
  const { actor, origin } = ctx;
  const one: BulkChange = {
    id: newId('bulk'),
    blueprint,
    status: 'running',
    change,
    scope,
    caller: { actor, origin },
    total: count,
    done: 0,
    unchanged: 0,
    failed: 0,
    after: null,
    round: 1,
    roundDone: 0,
    message: null,
    createdAt: ctx.now,
    createdBy: actor.id,
    endedAt: null,
  };
  await insertBulk(ctx, one);
  ctx.emit(bulkEvent(null, one));
  return one;
}

function changedSince(count: number): Error {
  return problem(
    'conflict',
    'changed_since_preview',
    'Other entities match by now, or some were changed, since the preview was made. Look at it again.',
    { count },
  );
}
